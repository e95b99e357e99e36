import { defineRefusal } from '../core/refusal.ts';

export const EMAIL_INVALID = defineRefusal({
  code: 'email_invalid',
  status: 422,
  sentence: 'This is not an e-mail address.',
  remedy: 'Check it for typing errors, such as a space or a missing dot.',
});

export const PASSWORD_TOO_WEAK = defineRefusal({
  code: 'password_too_weak',
  status: 422,
  sentence: 'The password {rule}.',
  remedy: 'Use several words that only you would put together.',
});

export const HANDLE_INVALID = defineRefusal({
  code: 'handle_invalid',
  status: 422,
  sentence: 'A handle {rule}.',
  remedy: 'Change the handle and try again.',
});

export const HANDLE_RESERVED = defineRefusal({
  code: 'handle_reserved',
  status: 422,
  sentence: 'This handle looks like one of the site itself.',
  remedy: 'Choose another handle.',
});

export const HANDLE_TAKEN = defineRefusal({
  code: 'handle_taken',
  status: 409,
  sentence: 'Somebody has this handle, or one that looks like it.',
  remedy: 'Choose another handle.',
});

export const HANDLE_CHANGE_TOO_SOON = defineRefusal({
  code: 'handle_change_too_soon',
  status: 409,
  sentence: 'You changed your handle not long ago. You can change it again from {from} on.',
  remedy: 'Wait until then.',
});

export const DISPLAY_NAME_INVALID = defineRefusal({
  code: 'display_name_invalid',
  status: 422,
  sentence: 'A name {rule}.',
  remedy: 'Change the name and try again.',
});

export const BIO_INVALID = defineRefusal({
  code: 'bio_invalid',
  status: 422,
  sentence: 'The text about you {rule}.',
  remedy: 'Change the text and try again.',
});

export const DATE_OF_BIRTH_INVALID = defineRefusal({
  code: 'date_of_birth_invalid',
  status: 422,
  sentence: 'The date of birth {rule}.',
  remedy: 'Give the date as year, month and day.',
});

export const TOO_YOUNG_TO_SIGN_UP = defineRefusal({
  code: 'too_young_to_sign_up',
  status: 403,
  sentence: 'You must be {years} or older to have an account.',
  remedy: 'You can watch without an account.',
});

export const DATE_OF_BIRTH_LOCKED = defineRefusal({
  code: 'date_of_birth_locked',
  status: 409,
  sentence: 'You have corrected your date of birth as often as you can yourself ({times}).',
  remedy: 'Write to support; they can correct it.',
});

export const EMAIL_TAKEN = defineRefusal({
  code: 'email_taken',
  status: 409,
  sentence: 'An account with this e-mail address exists.',
  remedy: 'Sign in instead.',
});

export const SIGN_IN_FAILED = defineRefusal({
  code: 'sign_in_failed',
  status: 401,
  sentence: 'E-mail and password do not match an account.',
  remedy: 'Check both and try again.',
});

export const WRONG_PASSWORD = defineRefusal({
  code: 'wrong_password',
  status: 403,
  sentence: 'This is not your current password.',
  remedy: 'Type the password that you sign in with now.',
});

export const CONFIRMATION_NEEDED = defineRefusal({
  code: 'confirmation_needed',
  status: 403,
  sentence: 'This moves money out: confirm first that it is you.',
  remedy: 'Give your password again; it counts for five minutes.',
});

export const TOO_MANY_TRIES = defineRefusal({
  code: 'too_many_tries',
  status: 429,
  sentence: 'Too many tries. Try again in {seconds} seconds.',
  remedy: 'Wait, then try again.',
});

export const SIGN_IN_BUSY = defineRefusal({
  code: 'sign_in_busy',
  status: 503,
  sentence: 'Too many people are signing in at this moment.',
  remedy: 'Try again in a moment.',
});

export const AGE_UNKNOWN = defineRefusal({
  code: 'age_unknown',
  status: 403,
  sentence: 'We need your date of birth before you can {action}.',
  remedy: 'Give your date of birth.',
});

export const UNDER_AGE = defineRefusal({
  code: 'under_age',
  status: 403,
  sentence: 'You must be {years} or older to {action}.',
  remedy: 'You can watch, chat and follow until then.',
});

export const ACCOUNT_FROZEN = defineRefusal({
  code: 'account_frozen',
  status: 403,
  sentence: 'Your account cannot {action} now: {reason}',
  remedy: 'Write to support if you think that this is wrong.',
});

export const TOO_FEW_FOLLOWERS = defineRefusal({
  code: 'too_few_followers',
  status: 403,
  sentence: 'You need {needed} to go live; you have {have}.',
  remedy: 'Share your page: whoever follows you there counts.',
});

export const IDENTITY_UNCHECKED = defineRefusal({
  code: 'identity_unchecked',
  status: 403,
  sentence: 'Somebody must have checked who you are before you go live.',
  remedy: 'Show your papers in the studio.',
});

export const TWO_STEP_SIGN_IN_MISSING = defineRefusal({
  code: 'two_step_sign_in_missing',
  status: 403,
  sentence: 'Signing in must take a second step before you go live, and this site has no second one yet.',
  remedy: 'Write to the operator, whose policy asks for it.',
});

export const CANNOT_FOLLOW_YOURSELF = defineRefusal({
  code: 'cannot_follow_yourself',
  status: 422,
  sentence: 'You cannot follow yourself.',
  remedy: 'Follow somebody else.',
});

export const FOLLOWING_FULL = defineRefusal({
  code: 'following_full',
  status: 409,
  sentence: 'You follow {most} people, which is the most.',
  remedy: 'Stop following somebody first.',
});

export const OPERATOR_LINK_INVALID = defineRefusal({
  code: 'operator_link_invalid',
  status: 404,
  sentence: 'This link was used, has expired, or never was one.',
  remedy: 'Restart the server: it prints a new link while there is no operator.',
});

export const ROLE_IS_YOUR_OWN = defineRefusal({
  code: 'role_is_your_own',
  status: 403,
  sentence: 'Nobody changes their own roles.',
  remedy: 'Ask another operator.',
});

export const FREEZE_IS_YOUR_OWN = defineRefusal({
  code: 'freeze_is_your_own',
  status: 403,
  sentence: 'Your own account is frozen, so another operator decides when it opens.',
  remedy: 'Ask a colleague to look at it.',
});

export const BREAK_ENDS_BY_ITSELF = defineRefusal({
  code: 'break_ends_by_itself',
  status: 409,
  sentence: 'They asked for this break themselves, until {until}, and nobody ends it earlier.',
  remedy: 'It ends by itself.',
});

export const FREEZE_IS_OVER = defineRefusal({
  code: 'freeze_is_over',
  status: 409,
  sentence: 'This freeze was lifted before.',
  remedy: 'Nothing needs to be done.',
});

export const ON_A_BREAK = defineRefusal({
  code: 'on_a_break',
  status: 403,
  sentence: 'You asked for a break, so you cannot {action} before {until}.',
  remedy: 'It ends by itself; nobody can end it earlier.',
});
