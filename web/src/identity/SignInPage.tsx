/** Sign in with an e-mail address, or as one of the demo town. */
export function SignInPage() {
  return (
    <div className="page-body">
      <div className="page-head">
        <h1>Sign in</h1>
      </div>
    </div>
  );
}
