/** One line of the wallet: how its number was made. */
export function EntryPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Entry</h1>
      </div>
    </div>
  );
}
