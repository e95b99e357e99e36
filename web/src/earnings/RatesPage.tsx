/** What a Coin costs and a Diamond is worth, now and before. */
export function RatesPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Rates</h1>
      </div>
    </div>
  );
}
