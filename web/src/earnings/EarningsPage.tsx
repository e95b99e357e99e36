/** A creator's Diamonds: pending, available, and why. */
export function EarningsPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Earnings</h1>
      </div>
    </div>
  );
}
