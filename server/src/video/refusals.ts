import { defineRefusal } from '../core/refusal.ts';

export { STAGE_NOT_LIVE } from '../gifts/index.ts';

export const SDP_INVALID = defineRefusal({
  code: 'sdp_invalid',
  status: 400,
  sentence: '{detail}',
  remedy: 'Send an SDP offer as browsers and OBS make it, with content-type application/sdp.',
});

export const STREAM_KEY_INVALID = defineRefusal({
  code: 'stream_key_invalid',
  status: 401,
  sentence: 'This stream key does not open this stage.',
  remedy: 'Copy the key anew from the page where you go live, and check the name in the address.',
});

export const NOT_YOUR_STAGE = defineRefusal({
  code: 'not_your_stage',
  status: 403,
  sentence: 'Only its creator sends video to a stage.',
  remedy: 'Send to your own stage.',
});

export const TRICKLE_UNSUPPORTED = defineRefusal({
  code: 'trickle_unsupported',
  status: 405,
  sentence: 'Candidates are not needed and a session is not restarted.',
  remedy: 'Go on without; to begin again, DELETE the session and POST a new offer.',
});

export const NO_VIDEO_YET = defineRefusal({
  code: 'no_video_yet',
  status: 409,
  sentence: 'Nobody sends video to this stage now.',
  remedy: 'Ask again in {seconds} seconds.',
});

export const CODEC_UNSUPPORTED = defineRefusal({
  code: 'codec_unsupported',
  status: 415,
  sentence: '{detail}',
  remedy: 'Use H264 or VP8 for the picture and Opus for the sound.',
});

export const TOO_MANY_VIDEO_SESSIONS = defineRefusal({
  code: 'too_many_video_sessions',
  status: 429,
  sentence: 'There are {most} videos open from here already.',
  remedy: 'Close some of them and try again.',
});

export const VIDEO_FULL = defineRefusal({
  code: 'video_full',
  status: 503,
  sentence: 'As many people watch as this server can show video to.',
  remedy: 'Try again in a moment; chat and gifts work without the picture.',
});

export const VIDEO_UNAVAILABLE = defineRefusal({
  code: 'video_unavailable',
  status: 503,
  sentence: 'Video cannot be carried right now.',
  remedy: 'Try again in a moment; chat and gifts work without the picture.',
});
