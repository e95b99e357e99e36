/** Buying Coins. */
export function TopUpPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Top up</h1>
      </div>
    </div>
  );
}
