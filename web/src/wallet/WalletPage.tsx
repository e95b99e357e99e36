/** Balances and history. */
export function WalletPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Wallet</h1>
      </div>
    </div>
  );
}
