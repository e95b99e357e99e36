import Type from 'typebox';
import { nullable, strictObject } from '../http/schemas.ts';

export const StageParams = strictObject({ handle: Type.String({ minLength: 1, maxLength: 100 }) });
export const SessionParams = strictObject({
  handle: Type.String({ minLength: 1, maxLength: 100 }),
  session: Type.String({ minLength: 1, maxLength: 100 }),
});

const sentence = nullable(Type.String({ description: 'For a person to read.' }));

export const VideoAnswer = strictObject({
  video: strictObject({
    state: Type.Enum(['none', 'live', 'reconnecting', 'ended'], {
      description:
        'none: nobody sends; live; reconnecting: whoever sent is away and waited for; ended: did not come back in time.',
    }),
    sentence,
    whep: nullable(
      Type.String({ description: 'Where a WHEP offer goes; null where video is switched off.' }),
    ),
    hls: nullable(Type.String({ description: 'The same video as an HLS playlist, where there is one.' })),
    mine: nullable(
      strictObject({
        session: nullable(Type.String({ description: 'The session that sends now.' })),
        hint: sentence,
      }),
      { description: 'For the stage’s creator alone.' },
    ),
  }),
});

export const EndedAnswer = strictObject({ ended: Type.Literal(true) });

export const StreamKeyBody = strictObject({});
const keyFields = {
  endsWith: Type.String({ description: 'The last four characters.' }),
  madeAt: Type.String({ format: 'date-time' }),
  lastUsedAt: nullable(Type.String({ format: 'date-time' })),
};
export const StreamKeyAnswer = strictObject({
  whip: Type.String({ description: 'The address to send to, for OBS and its like.' }),
  streamKey: nullable(strictObject(keyFields)),
});
export const NewStreamKeyAnswer = strictObject({
  whip: Type.String(),
  key: Type.String({ description: 'The bearer token. Told this once.' }),
  streamKey: strictObject(keyFields),
});

/** An SDP answer. */
export const sdpAnswer = {
  description: 'An SDP answer; the session is at Location.',
  content: { 'application/sdp': { schema: Type.String() } },
};

export const HlsQuery = strictObject({
  viewer: Type.String({ minLength: 1, maxLength: 40 }),
  _HLS_msn: Type.Optional(Type.Integer({ minimum: 0, maximum: 1e9 })),
  _HLS_part: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
});
export const HlsPieceParams = strictObject({
  handle: Type.String({ minLength: 1, maxLength: 100 }),
  piece: Type.String({ minLength: 1, maxLength: 40 }),
});
export const playlistAnswer = {
  description: 'A playlist.',
  content: { 'application/vnd.apple.mpegurl': { schema: Type.String() } },
};
export const pieceAnswer = {
  description: 'Fragmented MP4.',
  content: { 'video/mp4': { schema: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) } },
};
