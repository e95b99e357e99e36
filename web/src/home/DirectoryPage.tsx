/** Who is live, and whom you follow. */
export function DirectoryPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Live now</h1>
      </div>
    </div>
  );
}
