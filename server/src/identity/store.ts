import type { Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { Role } from '../http/principal.ts';
import type { CalendarDate } from './age.ts';
import type { Freeze, Gate } from './rules.ts';

/** A person as everyone may see them. */
export interface Person {
  readonly id: Uuid;
  readonly handle: string;
  readonly displayName: string;
  /** Key of the art set: `fox`. */
  readonly avatar: string;
  readonly bio: string;
  readonly roles: readonly Role[];
  readonly followers: number;
  readonly following: number;
  /** Whether rankings name them; see `nameInRanks`. */
  readonly inRanks: boolean;
}

/** A person with what only they may see. */
export interface PersonAlone extends Person {
  readonly email: string;
  readonly dateOfBirth: CalendarDate | null;
}

const PERSON = `u.id, u.handle, u.display_name as "displayName", u.avatar, u.bio, u.followers, u.following,
  not exists (select from rank_opt_outs o where o.user_id = u.id) as "inRanks",
  array['fan'] || array(select r.role from user_roles r where r.user_id = u.id order by r.role) as roles`;

/** The person with this handle, in any case; whatever is no handle is nobody's. */
export async function personByHandle(db: Queryable, handle: string): Promise<Person | undefined> {
  if (!/^[A-Za-z0-9_.]+$/.test(handle)) return undefined;
  const [person] = await db.query<Person>(`select ${PERSON} from users u where u.handle = $1`, [
    handle.toLowerCase(),
  ]);
  return person;
}

/** The people with these ids; ids that are nobody's are missing from the answer. */
export async function peopleByIds(db: Queryable, ids: readonly Uuid[]): Promise<Map<Uuid, Person>> {
  const people = await db.query<Person>(`select ${PERSON} from users u where u.id = any($1)`, [ids]);
  return new Map(people.map((person) => [person.id, person]));
}

export async function personAlone(db: Queryable, userId: Uuid): Promise<PersonAlone | undefined> {
  const [person] = await db.query<PersonAlone>(
    `select ${PERSON}, u.email, u.date_of_birth as "dateOfBirth" from users u where u.id = $1`,
    [userId],
  );
  return person;
}

/**
 * Locks people for changes, in the order of their ids so that two verbs never wait for each other.
 * Leaves rows that only refer to them (gifts, orders) free to be written.
 */
export async function lockPeople(tx: Queryable, ids: readonly Uuid[]): Promise<void> {
  await tx.query('select id from users where id = any($1) order by id for no key update', [ids]);
}

export async function insertUser(
  tx: Queryable,
  user: {
    readonly id: Uuid;
    readonly email: string;
    readonly handle: string;
    readonly skeleton: string;
    readonly displayName: string;
    readonly avatar: string;
    readonly bio: string;
    readonly dateOfBirth: CalendarDate | null;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into users (id, email, handle, handle_skeleton, display_name, avatar, bio, date_of_birth, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      user.id,
      user.email,
      user.handle,
      user.skeleton,
      user.displayName,
      user.avatar,
      user.bio,
      user.dateOfBirth,
      user.at,
    ],
  );
}

export async function updateProfile(
  tx: Queryable,
  userId: Uuid,
  to: { readonly displayName: string; readonly bio: string; readonly avatar: string },
): Promise<void> {
  await tx.query('update users set display_name = $2, bio = $3, avatar = $4 where id = $1', [
    userId,
    to.displayName,
    to.bio,
    to.avatar,
  ]);
}

/** Takes a person out of rankings by name, or back into them. */
export async function setInRanks(tx: Queryable, userId: Uuid, inRanks: boolean, at: Date): Promise<void> {
  if (inRanks) await tx.query('delete from rank_opt_outs where user_id = $1', [userId]);
  else {
    await tx.query('insert into rank_opt_outs (user_id, at) values ($1, $2) on conflict do nothing', [
      userId,
      at,
    ]);
  }
}

// Handles

export async function updateHandle(
  tx: Queryable,
  change: {
    readonly id: Uuid;
    readonly userId: Uuid;
    readonly oldHandle: string;
    readonly oldSkeleton: string;
    readonly handle: string;
    readonly skeleton: string;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query('update users set handle = $2, handle_skeleton = $3 where id = $1', [
    change.userId,
    change.handle,
    change.skeleton,
  ]);
  await tx.query(
    `insert into handle_changes (id, user_id, old_handle, old_skeleton, new_handle, at)
     values ($1, $2, $3, $4, $5, $6)`,
    [change.id, change.userId, change.oldHandle, change.oldSkeleton, change.handle, change.at],
  );
}

export async function lastHandleChange(tx: Queryable, userId: Uuid): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date }>(
    'select at from handle_changes where user_id = $1 order by at desc limit 1',
    [userId],
  );
  return row?.at;
}

/** Whether somebody else had a handle that reads like this one, and gave it up after `since`. */
export async function isHandleHeld(
  tx: Queryable,
  skeleton: string,
  forUser: Uuid,
  since: Date,
): Promise<boolean> {
  const rows = await tx.query(
    'select from handle_changes where old_skeleton = $1 and user_id <> $2 and at > $3 limit 1',
    [skeleton, forUser, since],
  );
  return rows.length > 0;
}

// Dates of birth

export async function updateDateOfBirth(
  tx: Queryable,
  change: {
    readonly id: Uuid;
    readonly userId: Uuid;
    readonly oldDate: CalendarDate | null;
    readonly newDate: CalendarDate;
    readonly byUser: Uuid;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query('update users set date_of_birth = $2 where id = $1', [change.userId, change.newDate]);
  await tx.query(
    `insert into date_of_birth_changes (id, user_id, old_date, new_date, by_user, at)
     values ($1, $2, $3, $4, $5, $6)`,
    [change.id, change.userId, change.oldDate, change.newDate, change.byUser, change.at],
  );
}

/** How often the person replaced one date by another. */
export async function dateOfBirthCorrections(tx: Queryable, userId: Uuid): Promise<number> {
  const [row] = await tx.query<{ times: bigint }>(
    `select count(*) as times from date_of_birth_changes
      where user_id = $1 and by_user = $1 and old_date is not null`,
    [userId],
  );
  return Number(row?.times ?? 0);
}

// Passwords

export async function savePassword(tx: Queryable, userId: Uuid, hash: string, at: Date): Promise<void> {
  await tx.query(
    `insert into passwords (user_id, hash, changed_at) values ($1, $2, $3)
     on conflict (user_id) do update set hash = excluded.hash, changed_at = excluded.changed_at`,
    [userId, hash, at],
  );
}

export async function passwordOfEmail(
  db: Queryable,
  email: string,
): Promise<{ userId: Uuid; hash: string } | undefined> {
  const [row] = await db.query<{ userId: Uuid; hash: string }>(
    `select p.user_id as "userId", p.hash from passwords p join users u on u.id = p.user_id where u.email = $1`,
    [email],
  );
  return row;
}

export async function passwordOfUser(db: Queryable, userId: Uuid): Promise<string | undefined> {
  const [row] = await db.query<{ hash: string }>('select hash from passwords where user_id = $1', [userId]);
  return row?.hash;
}

// Sessions

export interface SessionRow {
  readonly sessionId: Uuid;
  readonly userId: Uuid;
  readonly handle: string;
  readonly dateOfBirth: CalendarDate | null;
  readonly roles: readonly Role[];
  readonly seenAt: Date;
  readonly confirmedAt: Date | null;
}

const SESSION = `s.id as "sessionId", s.user_id as "userId", s.seen_at as "seenAt", s.confirmed_at as "confirmedAt", u.handle,
  u.date_of_birth as "dateOfBirth",
  array['fan'] || array(select r.role from user_roles r where r.user_id = s.user_id) as roles`;

/** The session with this token and its person: one question per request, answered from unique indexes. */
export async function sessionByToken(
  db: Queryable,
  tokenHash: Buffer,
  living: { readonly now: Date; readonly seenSince: Date },
): Promise<SessionRow | undefined> {
  const [row] = await db.query<SessionRow>(
    `select ${SESSION} from sessions s join users u on u.id = s.user_id
      where s.token_hash = $1 and s.ends_at > $2 and s.seen_at > $3`,
    [tokenHash, living.now, living.seenSince],
  );
  return row;
}

export function sessionsByIds(
  db: Queryable,
  ids: readonly Uuid[],
  living: { readonly now: Date; readonly seenSince: Date },
): Promise<SessionRow[]> {
  return db.query<SessionRow>(
    `select ${SESSION} from sessions s join users u on u.id = s.user_id
      where s.id = any($1) and s.ends_at > $2 and s.seen_at > $3`,
    [ids, living.now, living.seenSince],
  );
}

export async function insertSession(
  tx: Queryable,
  session: {
    readonly id: Uuid;
    readonly tokenHash: Buffer;
    readonly userId: Uuid;
    readonly at: Date;
    readonly endsAt: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into sessions (id, token_hash, user_id, created_at, seen_at, ends_at)
     values ($1, $2, $3, $4, $4, $5)`,
    [session.id, session.tokenHash, session.userId, session.at, session.endsAt],
  );
}

export async function touchSessions(db: Queryable, ids: readonly Uuid[], at: Date): Promise<void> {
  await db.query('update sessions set seen_at = $2 where id = any($1) and seen_at < $2', [ids, at]);
}

export async function deleteSession(tx: Queryable, sessionId: Uuid): Promise<void> {
  await tx.query('delete from sessions where id = $1', [sessionId]);
}

/** Gives a session a new token and writes down that it was confirmed. When it ends; `null` when it has ended. */
export async function confirmSessionRow(
  db: Queryable,
  sessionId: Uuid,
  tokenHash: Buffer,
  at: Date,
): Promise<Date | null> {
  const [row] = await db.query<{ endsAt: Date }>(
    `update sessions set token_hash = $2, confirmed_at = $3 where id = $1 returning ends_at as "endsAt"`,
    [sessionId, tokenHash, at],
  );
  return row?.endsAt ?? null;
}

/** When a session was confirmed last, or `null`. */
export async function sessionConfirmedAt(db: Queryable, sessionId: Uuid): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>('select confirmed_at as at from sessions where id = $1', [
    sessionId,
  ]);
  return row?.at ?? null;
}

/** Ends every session of a person but one; returns the ids of those that ended. */
export async function deleteSessionsOf(
  tx: Queryable,
  userId: Uuid,
  except: Uuid | null = null,
): Promise<Uuid[]> {
  const rows = await tx.query<{ id: Uuid }>(
    'delete from sessions where user_id = $1 and id is distinct from $2 returning id',
    [userId, except],
  );
  return rows.map(({ id }) => id);
}

/** Ends the person's oldest sessions beyond `most`; returns the ids of those that ended. */
export async function deleteOldestSessions(tx: Queryable, userId: Uuid, most: number): Promise<Uuid[]> {
  const rows = await tx.query<{ id: Uuid }>(
    `delete from sessions where id in
       (select id from sessions where user_id = $1 order by seen_at desc, id desc offset $2)
     returning id`,
    [userId, most],
  );
  return rows.map(({ id }) => id);
}

export async function deleteDeadSessions(
  db: Queryable,
  dead: { readonly endedBy: Date; readonly unseenSince: Date },
): Promise<void> {
  await db.query('delete from sessions where ends_at <= $1 or seen_at <= $2', [
    dead.endedBy,
    dead.unseenSince,
  ]);
}

/** The sessions that ended in the last `seconds` of the database's clock. */
export async function sessionsEndedWithin(db: Queryable, seconds: number): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select session_id as id from session_endings where ended_at > now() - make_interval(secs => $1)`,
    [seconds],
  );
  return rows.map(({ id }) => id);
}

export async function deleteSessionEndings(db: Queryable, olderThanSeconds: number): Promise<void> {
  await db.query('delete from session_endings where ended_at < now() - make_interval(secs => $1)', [
    olderThanSeconds,
  ]);
}

// Tries

/** Counts one try and returns how many there are in the window, this one included. */
export async function countTry(
  db: Queryable,
  key: Buffer,
  at: Date,
  windowMs: number,
): Promise<{ tries: number; windowStart: Date }> {
  const [row] = await db.query<{ tries: number; windowStart: Date }>(
    `insert into sign_in_tries as t (key, tries, window_start) values ($1, 1, $2)
     on conflict (key) do update set
       tries = case when t.window_start <= $3 then 1 else least(t.tries + 1, 1000000) end,
       window_start = case when t.window_start <= $3 then $2 else t.window_start end
     returning tries, window_start as "windowStart"`,
    [key, at, new Date(at.getTime() - windowMs)],
  );
  return row ?? { tries: 1, windowStart: at };
}

/** Takes back one counted try. */
export async function uncountTry(db: Queryable, key: Buffer): Promise<void> {
  await db.query('update sign_in_tries set tries = greatest(tries - 1, 0) where key = $1', [key]);
}

export async function forgetTries(db: Queryable, key: Buffer): Promise<void> {
  await db.query('delete from sign_in_tries where key = $1', [key]);
}

export async function deleteOldTries(db: Queryable, before: Date): Promise<void> {
  await db.query('delete from sign_in_tries where window_start < $1', [before]);
}

// Roles

/** Gives or takes a role; false when nothing changed. */
export async function setRole(
  tx: Queryable,
  userId: Uuid,
  role: Exclude<Role, 'fan'>,
  granted: boolean,
): Promise<boolean> {
  const changed = granted
    ? await tx.query(
        'insert into user_roles (user_id, role) values ($1, $2) on conflict do nothing returning role',
        [userId, role],
      )
    : await tx.query('delete from user_roles where user_id = $1 and role = $2 returning role', [
        userId,
        role,
      ]);
  return changed.length > 0;
}

export async function insertRoleChange(
  tx: Queryable,
  change: {
    readonly id: Uuid;
    readonly userId: Uuid;
    readonly role: Role;
    readonly granted: boolean;
    readonly byUser: Uuid | null;
    readonly reason: string;
    readonly at: Date;
  },
): Promise<void> {
  await tx.query(
    `insert into role_changes (id, user_id, role, granted, by_user, reason, at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [change.id, change.userId, change.role, change.granted, change.byUser, change.reason, change.at],
  );
}

/** Whether the person has one of these roles, and keeps it until the transaction ends. */
export async function holdsRole(tx: Queryable, userId: Uuid, roles: readonly Role[]): Promise<boolean> {
  const rows = await tx.query(
    'select from user_roles where user_id = $1 and role = any($2::text[]) for share',
    [userId, roles],
  );
  return rows.length > 0;
}

/** Whether somebody else runs the site too. */
export async function hasOtherOperator(db: Queryable, userId: Uuid): Promise<boolean> {
  const rows = await db.query(`select from user_roles where role = 'operator' and user_id <> $1 limit 1`, [
    userId,
  ]);
  return rows.length > 0;
}

/** Everybody who runs the site. */
export async function operatorIds(db: Queryable): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    `select user_id as id from user_roles where role = 'operator' order by user_id`,
  );
  return rows.map(({ id }) => id);
}

export async function hasOperator(db: Queryable): Promise<boolean> {
  const rows = await db.query(`select from user_roles where role = 'operator' limit 1`);
  return rows.length > 0;
}

// Freezes

/** What the gates look at, of many people in one question; people that there are not are left out. */
export async function personFactsRows(
  db: Queryable,
  userIds: readonly Uuid[],
  at: Date,
): Promise<Map<Uuid, { dateOfBirth: CalendarDate | null; freezes: Freeze[]; followers: number }>> {
  const rows = await db.query<{
    id: Uuid;
    dateOfBirth: CalendarDate | null;
    followers: number;
    gates: Gate[] | null;
    reason: string;
    until: Date | null;
    own: boolean;
  }>(
    `select u.id, u.date_of_birth as "dateOfBirth", u.followers, f.gates, f.reason, f.until,
            f.by_user = f.user_id as own
       from users u
       left join account_freezes f on f.user_id = u.id and (f.until is null or f.until > $2)
        and not exists (select from account_freeze_lifts l where l.freeze_id = f.id)
      where u.id = any($1::uuid[]) order by f.at, f.id`,
    [userIds, at],
  );
  const facts = new Map<Uuid, { dateOfBirth: CalendarDate | null; freezes: Freeze[]; followers: number }>();
  for (const { id, dateOfBirth, followers, gates, reason, until, own } of rows) {
    const person = facts.get(id) ?? { dateOfBirth, freezes: [], followers };
    if (gates !== null) person.freezes.push({ gates, reason, until, own: own === true });
    facts.set(id, person);
  }
  return facts;
}

export async function insertFreeze(
  tx: Queryable,
  freeze: {
    readonly id: Uuid;
    readonly userId: Uuid;
    readonly gates: readonly Gate[];
    readonly reason: string;
    readonly byUser: Uuid | null;
    readonly at: Date;
    readonly until: Date | null;
  },
): Promise<void> {
  await tx.query(
    `insert into account_freezes (id, user_id, gates, reason, by_user, at, until)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [freeze.id, freeze.userId, freeze.gates, freeze.reason, freeze.byUser, freeze.at, freeze.until],
  );
}

export async function freezeById(
  db: Queryable,
  freezeId: Uuid,
): Promise<{ userId: Uuid; until: Date | null; own: boolean } | undefined> {
  const [row] = await db.query<{ userId: Uuid; until: Date | null; own: boolean }>(
    `select user_id as "userId", until, coalesce(by_user = user_id, false) as own
       from account_freezes where id = $1`,
    [freezeId],
  );
  return row;
}

/** False when it was lifted before. */
export async function insertFreezeLift(
  tx: Queryable,
  lift: {
    readonly freezeId: Uuid;
    readonly reason: string;
    readonly byUser: Uuid | null;
    readonly at: Date;
  },
): Promise<boolean> {
  const rows = await tx.query(
    `insert into account_freeze_lifts (freeze_id, reason, by_user, at) values ($1, $2, $3, $4)
     on conflict do nothing returning freeze_id`,
    [lift.freezeId, lift.reason, lift.byUser, lift.at],
  );
  return rows.length > 0;
}

// Follows

/** False when they followed already. Both people are locked. */
export async function insertFollow(
  tx: Queryable,
  followerId: Uuid,
  followedId: Uuid,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `insert into follows (follower_id, followed_id, at) values ($1, $2, $3)
     on conflict do nothing returning at`,
    [followerId, followedId, at],
  );
  if (rows.length === 0) return false;
  await tx.query('update users set following = following + 1 where id = $1', [followerId]);
  await tx.query('update users set followers = followers + 1 where id = $1', [followedId]);
  return true;
}

/** False when they did not follow. Both people are locked. */
export async function deleteFollow(tx: Queryable, followerId: Uuid, followedId: Uuid): Promise<boolean> {
  const rows = await tx.query(
    'delete from follows where follower_id = $1 and followed_id = $2 returning at',
    [followerId, followedId],
  );
  if (rows.length === 0) return false;
  await tx.query('update users set following = following - 1 where id = $1', [followerId]);
  await tx.query('update users set followers = followers - 1 where id = $1', [followedId]);
  return true;
}

/** Which of these people the follower follows. */
export async function followedAmong(
  db: Queryable,
  followerId: Uuid,
  ids: readonly Uuid[],
): Promise<Set<Uuid>> {
  const rows = await db.query<{ id: Uuid }>(
    'select followed_id as id from follows where follower_id = $1 and followed_id = any($2)',
    [followerId, ids],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Everybody who follows a person. */
export async function followersOf(db: Queryable, followedId: Uuid): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>('select follower_id as id from follows where followed_id = $1', [
    followedId,
  ]);
  return rows.map(({ id }) => id);
}

/** Everybody the follower follows, newest first; at most `followingMax` of the policy. */
export async function followedBy(db: Queryable, followerId: Uuid): Promise<Uuid[]> {
  const rows = await db.query<{ id: Uuid }>(
    'select followed_id as id from follows where follower_id = $1 order by at desc',
    [followerId],
  );
  return rows.map(({ id }) => id);
}

// The first operator

export async function replaceOperatorLink(
  tx: Queryable,
  link: { readonly id: Uuid; readonly tokenHash: Buffer; readonly at: Date; readonly endsAt: Date },
): Promise<void> {
  await tx.query(
    'delete from operator_links l where not exists (select from operator_link_uses u where u.link_id = l.id)',
  );
  await tx.query('insert into operator_links (id, token_hash, created_at, ends_at) values ($1, $2, $3, $4)', [
    link.id,
    link.tokenHash,
    link.at,
    link.endsAt,
  ]);
}

/** The link with this token while it can be used. */
export async function usableOperatorLink(
  db: Queryable,
  tokenHash: Buffer,
  at: Date,
): Promise<{ id: Uuid; endsAt: Date } | undefined> {
  const [row] = await db.query<{ id: Uuid; endsAt: Date }>(
    `select l.id, l.ends_at as "endsAt" from operator_links l
      where l.token_hash = $1 and l.ends_at > $2
        and not exists (select from operator_link_uses u where u.link_id = l.id)
        and not exists (select from user_roles r where r.role = 'operator')`,
    [tokenHash, at],
  );
  return row;
}

/** Lets one at a time make the first operator; ends with the transaction. */
export async function lockFirstOperator(tx: Queryable): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('first_operator'))`);
}

export async function insertOperatorLinkUse(
  tx: Queryable,
  linkId: Uuid,
  userId: Uuid,
  at: Date,
): Promise<void> {
  await tx.query('insert into operator_link_uses (link_id, user_id, at) values ($1, $2, $3)', [
    linkId,
    userId,
    at,
  ]);
}

// The demonstration town

export interface DemoPersonRow extends Person {
  /** Who they are, in a few words. */
  readonly line: string;
}

export function demoPeople(db: Queryable): Promise<DemoPersonRow[]> {
  return db.query<DemoPersonRow>(
    `select ${PERSON}, d.line from demo_people d join users u on u.id = d.user_id order by d.position`,
  );
}

export async function insertDemoPerson(
  db: Queryable,
  userId: Uuid,
  position: number,
  line: string,
): Promise<void> {
  await db.query(
    `insert into demo_people (user_id, position, line) values ($1, $2, $3)
     on conflict (user_id) do update set position = excluded.position, line = excluded.line`,
    [userId, position, line],
  );
}

export async function isCrowdPaused(db: Queryable): Promise<boolean> {
  const rows = await db.query('select from demo_crowd_pauses');
  return rows.length > 0;
}

export async function setCrowdPaused(db: Queryable, paused: boolean, at: Date): Promise<void> {
  if (paused) await db.query('insert into demo_crowd_pauses (at) values ($1) on conflict do nothing', [at]);
  else await db.query('delete from demo_crowd_pauses');
}
