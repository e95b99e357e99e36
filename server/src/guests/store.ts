import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { CompanionStatement } from '../ledger/index.ts';

// --- Companies ------------------------------------------------------------------------------------------------

/** A creator who is live together with others. */
export interface Member {
  readonly userId: Uuid;
  readonly companyId: Uuid;
  readonly stageId: Uuid;
  readonly sessionId: Uuid;
  readonly place: number;
  readonly joinedAt: Date;
}

/** One stay in a company: whoever comes again has another place. */
export type Stay = Pick<Member, 'companyId' | 'place'>;

/** A member as they are shown. */
export interface ShownMember extends Member {
  readonly handle: string;
  readonly displayName: string;
  readonly avatar: string;
  readonly title: string;
  readonly scene: string;
}

const MEMBER = `m.user_id as "userId", m.company_id as "companyId", m.stage_id as "stageId",
  m.session_id as "sessionId", m.place, m.joined_at as "joinedAt"`;

/** The company that this person is in; `undefined` when they are by themselves. */
export async function memberOf(db: Queryable, userId: Uuid): Promise<Member | undefined> {
  const [member] = await db.query<Member>(`select ${MEMBER} from company_members m where m.user_id = $1`, [
    userId,
  ]);
  return member;
}

/** Everybody in a company in the order of coming: the first is the host. */
export async function membersOf(db: Queryable, companyId: Uuid): Promise<ShownMember[]> {
  return db.query<ShownMember>(
    `select ${MEMBER}, u.handle, u.display_name as "displayName", u.avatar, x.title, x.scene
       from company_members m join users u on u.id = m.user_id join stage_sessions x on x.id = m.session_id
      where m.company_id = $1 order by m.place`,
    [companyId],
  );
}

/** Everybody who is live together with the creator of this stage, who is among them; none when they are alone. */
export async function companyOnStage(db: Queryable, stageId: Uuid): Promise<ShownMember[]> {
  return db.query<ShownMember>(
    `select ${MEMBER}, u.handle, u.display_name as "displayName", u.avatar, x.title, x.scene
       from company_members own join company_members m on m.company_id = own.company_id
       join users u on u.id = m.user_id join stage_sessions x on x.id = m.session_id
      where own.stage_id = $1 order by m.place`,
    [stageId],
  );
}

/** Holds a company until `tx` ends. Stages are locked before it, the heads of rooms after it. */
export async function lockCompany(tx: Queryable, companyId: Uuid): Promise<void> {
  await tx.query('select from companies where id = $1 for no key update', [companyId]);
}

export async function insertCompany(tx: Queryable, id: Uuid, at: Date): Promise<void> {
  await tx.query('insert into companies (id, opened_at) values ($1, $2)', [id, at]);
}

/** The place is the next that nobody ever had in this company. */
export async function insertMember(tx: Queryable, member: Omit<Member, 'place'>): Promise<void> {
  await tx.query(
    `insert into company_members (user_id, company_id, stage_id, session_id, joined_at, place)
     select $1, $2, $3, $4, $5, 1 + greatest(
       (select coalesce(max(place), 0) from company_members where company_id = $2),
       (select coalesce(max(place), 0) from company_stays where company_id = $2))`,
    [member.userId, member.companyId, member.stageId, member.sessionId, member.joinedAt],
  );
}

export type WhyLeft = 'left' | 'removed' | 'live_ended' | 'alone';

/** Ends the stay of these people, if they are in this company. */
export async function endStays(
  tx: Queryable,
  companyId: Uuid,
  userIds: readonly Uuid[],
  why: WhyLeft,
  at: Date,
): Promise<void> {
  await tx.query(
    `with gone as (delete from company_members where company_id = $1 and user_id = any($2::uuid[]) returning *)
     insert into company_stays (company_id, user_id, stage_id, session_id, place, joined_at, left_at, why)
     select company_id, user_id, stage_id, session_id, place, joined_at, $3, $4 from gone`,
    [companyId, userIds, at, why],
  );
}

/** Members whose own live has ended. */
export async function membersGone(db: Queryable, limit: number): Promise<Member[]> {
  return db.query<Member>(
    `select ${MEMBER} from company_members m join stage_sessions x on x.id = m.session_id
      where x.ended_at is not null limit $1`,
    [limit],
  );
}

/** The statement that keeps in which company a gift was given, and touches no row when the two are in none. */
export function guestGift(gift: {
  readonly giftId: Uuid;
  readonly stageId: Uuid;
  readonly receiverId: Uuid;
  readonly sessionId: Uuid;
}): CompanionStatement {
  return {
    text: `insert into guest_gifts (gift_id, company_id)
           select $1::uuid, guest.company_id
             from company_members guest join company_members host on host.company_id = guest.company_id
            where guest.user_id = $2::uuid and guest.session_id = $3::uuid and host.stage_id = $4::uuid`,
    values: [gift.giftId, gift.receiverId, gift.sessionId, gift.stageId],
    expectRows: 1,
  };
}

// --- Invitations ----------------------------------------------------------------------------------------------

export interface Invitation {
  readonly id: Uuid;
  readonly hostId: Uuid;
  readonly hostStageId: Uuid;
  readonly hostSessionId: Uuid;
  readonly guestId: Uuid;
  readonly invitedAt: Date;
  readonly expiresAt: Date;
  readonly answer: 'accepted' | 'declined' | 'withdrawn' | null;
  readonly answeredAt: Date | null;
  readonly hostIsLive: boolean;
}

const INVITATION = `i.id, i.host_id as "hostId", i.host_stage_id as "hostStageId",
  i.host_session_id as "hostSessionId", i.guest_id as "guestId", i.invited_at as "invitedAt",
  i.expires_at as "expiresAt", a.answer, a.at as "answeredAt", x.ended_at is null as "hostIsLive"`;
const INVITATION_FROM = `guest_invitations i left join guest_invitation_answers a on a.invitation_id = i.id
  join stage_sessions x on x.id = i.host_session_id`;

export async function invitationById(db: Queryable, id: Uuid): Promise<Invitation | undefined> {
  const [invitation] = await db.query<Invitation>(
    `select ${INVITATION} from ${INVITATION_FROM} where i.id = $1`,
    [id],
  );
  return invitation;
}

/** The newest invitation of this guest by this host in this live. */
export async function lastInvitation(
  db: Queryable,
  asked: { readonly hostSessionId: Uuid; readonly hostId: Uuid; readonly guestId: Uuid },
): Promise<Invitation | undefined> {
  const [invitation] = await db.query<Invitation>(
    `select ${INVITATION} from ${INVITATION_FROM}
      where i.guest_id = $1 and i.host_id = $2 and i.host_session_id = $3 order by i.invited_at desc, i.id desc limit 1`,
    [asked.guestId, asked.hostId, asked.hostSessionId],
  );
  return invitation;
}

/** Invitations to or from somebody that can still be answered, newest first. */
export async function openInvitations(db: Queryable, userId: Uuid, now: Date): Promise<Invitation[]> {
  return db.query<Invitation>(
    `select ${INVITATION} from ${INVITATION_FROM}
      where (i.guest_id = $1 or i.host_id = $1) and i.expires_at > $2 and a.answer is null and x.ended_at is null
      order by i.invited_at desc, i.id desc limit 50`,
    [userId, now],
  );
}

export async function insertInvitation(
  tx: Queryable,
  invitation: Omit<Invitation, 'answer' | 'answeredAt' | 'hostIsLive'>,
): Promise<void> {
  await tx.query(
    `insert into guest_invitations
       (id, host_id, host_stage_id, host_session_id, guest_id, invited_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      invitation.id,
      invitation.hostId,
      invitation.hostStageId,
      invitation.hostSessionId,
      invitation.guestId,
      invitation.invitedAt,
      invitation.expiresAt,
    ],
  );
}

/** Keeps an answer; false when there was one before. */
export async function insertAnswer(
  tx: Queryable,
  invitationId: Uuid,
  answer: 'accepted' | 'declined' | 'withdrawn',
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into guest_invitation_answers (invitation_id, answer, at) values ($1, $2, $3)
     on conflict do nothing returning invitation_id`,
    [invitationId, answer, at],
  );
  return rows.length > 0;
}
