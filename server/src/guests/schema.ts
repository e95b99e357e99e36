import Type, { type Static } from 'typebox';
import { publicIdSchema, strictObject } from '../http/schemas.ts';

const time = Type.String({ format: 'date-time' });
const handle = Type.String({ minLength: 1, maxLength: 100 });

const personFields = {
  id: publicIdSchema('user'),
  handle: Type.String(),
  displayName: Type.String(),
  avatar: Type.String(),
};

export const stageParams = strictObject({ handle });
export const invitationParams = strictObject({ id: Type.String({ maxLength: 100 }) });
export const inviteBody = strictObject({ handle });

/** A creator who is live together with others. */
export const memberSchema = strictObject({
  ...personFields,
  stageId: publicIdSchema('stage'),
  title: Type.String(),
  scene: Type.String({ description: 'What is drawn where they send no picture.' }),
  host: Type.Boolean({ description: 'Whether they invite here: who has been there longest.' }),
  since: time,
});
export type MemberJson = Static<typeof memberSchema>;

const guests = Type.Array(memberSchema, {
  description: 'Everybody who is live together, the stage’s own creator among them; none: they are alone.',
});

export const guestsAnswer = strictObject({
  guests,
  seq: Type.Integer({ description: 'The last event of the room that this answer includes at least.' }),
});

export const invitationSchema = strictObject({
  id: publicIdSchema('invite'),
  host: strictObject(personFields),
  guest: strictObject(personFields),
  invitedAt: time,
  expiresAt: time,
});
export type InvitationJson = Static<typeof invitationSchema>;

export const ownGuestsAnswer = strictObject({
  guests,
  received: Type.Array(invitationSchema, { description: 'Open invitations to you, newest first.' }),
  sent: Type.Array(invitationSchema, { description: 'Open invitations by you, newest first.' }),
});
export const invitationAnswer = strictObject({ invitation: invitationSchema });
