/** What a name at a mail server may have (RFC 5321: 64 characters, a domain of at most 255), without quotation marks. */
const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;
/** The longest that PayPal takes of a receiver (https://developer.paypal.com/api/payments.payouts-batch/v1/payouts-post). */
const LENGTH_MAX = 127;
const NAME_MAX = 64;

/**
 * An e-mail address that a payment may go to, or what is wrong with it, to stand after "The e-mail address …". Whether somebody
 * at PayPal has it, PayPal knows.
 */
export function readEmail(given: string): { readonly email: string } | { readonly rule: string } {
  const email = given.trim();
  if (email.length > LENGTH_MAX) return { rule: `has at most ${LENGTH_MAX} characters at PayPal` };
  if (!EMAIL.test(email) || email.indexOf('@') > NAME_MAX) {
    return { rule: 'is not written like one, as in mira@mail.example' };
  }
  return { email };
}

/** `m···a@mail.example`: enough to know one's own, and no address for whoever looks over a shoulder. */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const name = email.slice(0, at);
  return `${name.slice(0, 1)}···${name.length > 2 ? name.slice(-1) : ''}${email.slice(at)}`;
}
