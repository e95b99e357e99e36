/** One purchase and where it stands. */
export function OrderPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Order</h1>
      </div>
    </div>
  );
}
