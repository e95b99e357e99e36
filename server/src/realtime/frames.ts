import Type from 'typebox';
import { strictObject } from '../http/schemas.ts';

/** The wire's version, said in `hello`. */
export const WIRE_VERSION = 1;

/** The name of a room on the wire: a handle. */
export const roomName = Type.String({ minLength: 1, maxLength: 100 });

/** What a client chooses to know the answer by. */
export const frameKey = Type.String({ minLength: 1, maxLength: 100, pattern: '^[\\x21-\\x7e]+$' });

export const joinFrame = strictObject({
  t: Type.Literal('join'),
  stage: roomName,
  /** The last seq that the client has seen; what came after it is sent first. */
  after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
});

export const leaveFrame = strictObject({ t: Type.Literal('leave'), stage: roomName });

export const pingFrame = strictObject({ t: Type.Literal('ping') });
