/** A new account. */
export function SignUpPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Join Carat</h1>
      </div>
    </div>
  );
}
