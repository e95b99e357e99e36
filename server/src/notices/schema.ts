import Type, { type Static } from 'typebox';
import { nullable, pageQuery, publicIdSchema, strictObject } from '../http/schemas.ts';

export const NoticeView = strictObject({
  id: publicIdSchema('notice'),
  at: Type.String({ format: 'date-time' }),
  kind: Type.String({ description: 'live, reminder …' }),
  title: Type.String(),
  text: Type.String(),
  link: Type.String({ description: 'A page of the site.' }),
  about: nullable(strictObject({ handle: Type.String(), displayName: Type.String(), avatar: Type.String() })),
  read: Type.Boolean(),
});
export type NoticeView = Static<typeof NoticeView>;

export const NoticesQuery = strictObject({ ...pageQuery });
export const NoticesAnswer = strictObject({
  items: Type.Array(NoticeView),
  unread: Type.Integer({ description: 'Of all notices, not of this page alone.' }),
  nextCursor: nullable(Type.String()),
});
export const ReadBody = strictObject({
  ids: Type.Optional(
    Type.Array(publicIdSchema('notice'), { maxItems: 200, description: 'All of them unless told.' }),
  ),
});
export const UnreadAnswer = strictObject({ unread: Type.Integer() });
