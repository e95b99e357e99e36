/** One gift and where it stands. */
export function GiftPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Gift</h1>
      </div>
    </div>
  );
}
