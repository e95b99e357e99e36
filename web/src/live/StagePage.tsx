/** The live stage. */
export function StagePage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Stage</h1>
      </div>
    </div>
  );
}
