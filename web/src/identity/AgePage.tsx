/** The date of birth, which opens gifts at 18. */
export function AgePage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Your age</h1>
      </div>
    </div>
  );
}
