/** The signed-in person's own profile and settings. */
export function ProfilePage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Profile</h1>
      </div>
    </div>
  );
}
