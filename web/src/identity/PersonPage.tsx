/** A person's public page. */
export function PersonPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Creator</h1>
      </div>
    </div>
  );
}
