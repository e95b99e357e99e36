import { defineRefusal } from '../core/refusal.ts';

export const IDENTITY_CASE_CLOSED = defineRefusal({
  code: 'identity_case_closed',
  status: 409,
  sentence: 'This case is {state}, so nothing is changed in it any more.',
  remedy: 'Look at it again.',
});

export const IDENTITY_KNOWN = defineRefusal({
  code: 'identity_known',
  status: 409,
  sentence: 'We know who you are already.',
  remedy:
    'Nothing needs to be done. If your name has changed, write to support: they take the approval back, and you begin anew.',
});

export const IDENTITY_REFUSED_TOO_OFTEN = defineRefusal({
  code: 'identity_refused_too_often',
  status: 409,
  sentence: 'Your papers were refused {times} times, so another try goes by way of support.',
  remedy: 'Write to support: they can give you another try.',
});

export const IDENTITY_BEGUN_TOO_OFTEN = defineRefusal({
  code: 'identity_begun_too_often',
  status: 429,
  sentence: 'You took {times} cases back within 30 days, so the next one begins on {day}.',
  remedy: 'Wait until then, or write to support.',
});

export const IDENTITY_DETAIL_WRONG = defineRefusal({
  code: 'identity_detail_wrong',
  status: 422,
  sentence: 'The {what} {rule}.',
  remedy: 'Write it as it stands on your paper.',
});

export const PICTURE_REFUSED = defineRefusal({
  code: 'picture_refused',
  status: 422,
  sentence: 'This picture {rule}.',
  remedy: 'Take a photo as JPEG, PNG or WebP, sharp and whole, and send it again.',
});

export const PICTURE_TOO_LARGE = defineRefusal({
  code: 'picture_too_large',
  status: 413,
  sentence: 'A picture may have at most {most}.',
  remedy: 'Take it with fewer pixels, or save it smaller.',
});

export const PICTURES_MISSING = defineRefusal({
  code: 'pictures_missing',
  status: 409,
  sentence: 'Still missing: {sides}.',
  remedy: 'Add what is missing, then hand it in.',
});

export const PICTURES_BUSY = defineRefusal({
  code: 'pictures_busy',
  status: 503,
  sentence: 'Too many pictures arrive at this moment.',
  remedy: 'Send it again in a moment.',
});

export const PAPERS_NOT_TAKEN = defineRefusal({
  code: 'papers_not_taken',
  status: 503,
  sentence: 'This site cannot keep papers safely yet: its operator has set no key for them.',
  remedy: 'Write to the operator, who sets CARAT_DOCUMENT_KEY.',
});

export const IDENTITY_CASE_IS_YOUR_OWN = defineRefusal({
  code: 'identity_case_is_your_own',
  status: 403,
  sentence: 'This is your own case, so another operator decides.',
  remedy: 'Ask a colleague to look at it.',
});

export const PICTURES_NOT_SEEN = defineRefusal({
  code: 'pictures_not_seen',
  status: 409,
  sentence: 'You have not looked at every picture of this case.',
  remedy: 'Open each picture, then decide.',
});

export const PICTURE_UNREADABLE = defineRefusal({
  code: 'picture_unreadable',
  status: 409,
  sentence: 'This picture cannot be opened: its key is not here any more, or it was changed.',
  remedy:
    'Put the key that it was sealed with back into CARAT_DOCUMENT_KEY, or send the case back to its person.',
});

export const IDENTITY_CAN_BE_DECIDED = defineRefusal({
  code: 'identity_can_be_decided',
  status: 409,
  sentence: 'Every picture of this case can be opened.',
  remedy: 'Look at them, then approve or refuse.',
});

export const PICTURE_ERASED = defineRefusal({
  code: 'picture_erased',
  status: 410,
  sentence: 'This picture was erased on {at}.',
  remedy: 'Nobody can show it any more; the decision stays.',
});

export const NAME_NOT_COMPARED = defineRefusal({
  code: 'name_not_compared',
  status: 409,
  sentence: 'The list of sanctions has not answered for this name yet.',
  remedy: 'Try again in a minute. If it stays so, the service behind CARAT_SANCTIONS_URL does not answer.',
});

export const NAME_IS_LISTED = defineRefusal({
  code: 'name_is_listed',
  status: 409,
  sentence: 'The list of sanctions has a name like this one: {names}.',
  remedy: 'Compare the papers with it. Say why it is somebody else, or refuse the case.',
});
