import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { DAY_MS, MINUTE_MS } from '../core/clock.ts';
import { newId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import type { House } from '../house.ts';
import { ANONYMOUS, type Authenticate, type UserPrincipal } from '../http/principal.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import {
  deleteOldestSessions,
  insertSession,
  type SessionRow,
  sessionByToken,
  sessionsByIds,
  touchSessions,
} from './store.ts';

/** A session that has just begun. The token goes into the cookie and nowhere else. */
export interface NewSession {
  readonly token: string;
  readonly sessionId: Uuid;
  readonly userId: Uuid;
  readonly endsAt: Date;
  /** Sessions that ended because this one began; their sockets are to be closed after the commit. */
  readonly ended: readonly Uuid[];
  /** Where the password was given: what the browser keeps to be known at the next sign-in. See `device.ts`. */
  readonly deviceMark?: string;
}

/** How often the use of a session is written down, at most. */
const SEEN_EVERY_MS = 5 * MINUTE_MS;

/** How long a browser keeps its mark after a sign-in. */
const DEVICE_DAYS = 365;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const DEVICE_MARK = /^[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/;

/** Begins a session with a new token: at sign-in and whenever a person may do more than before. */
export async function openSession(
  tx: Queryable,
  userId: Uuid,
  policy: Policy,
  nowMs: number,
): Promise<NewSession> {
  const token = randomBytes(32).toString('base64url');
  const sessionId = newId();
  const endsAt = new Date(nowMs + policy.sessions.absoluteMs);
  await insertSession(tx, {
    id: sessionId,
    tokenHash: hashToken(token),
    userId,
    at: new Date(nowMs),
    endsAt,
  });
  const ended = await deleteOldestSessions(tx, userId, policy.sessions.perPersonMax);
  return { token, sessionId, userId, endsAt, ended };
}

/** Who is asking, by the cookie: one question to the database per request, so that a sign-out holds at once. */
export function authenticate(house: House): Authenticate {
  return async ({ headers }) => {
    const token = cookieIn(headers.cookie, cookieName(house), TOKEN);
    if (token === null) return ANONYMOUS;
    const nowMs = house.clock.now();
    const living = await livingSince(house, nowMs);
    const row = await sessionByToken(house.db, hashToken(token), living);
    if (row === undefined) return ANONYMOUS;
    if (row.seenAt.getTime() <= nowMs - SEEN_EVERY_MS) {
      await touchSessions(house.db, [row.sessionId], new Date(nowMs));
    }
    return principalOf(row, nowMs, living.confirmMs);
  };
}

/** The principals of sessions that are still alive, for sockets that stay open. Counts as use of them. */
export async function livingPrincipals(
  house: House,
  sessionIds: readonly Uuid[],
): Promise<Map<Uuid, UserPrincipal>> {
  const nowMs = house.clock.now();
  const living = await livingSince(house, nowMs);
  const rows = await sessionsByIds(house.db, sessionIds, living);
  const unseen = rows.filter((row) => row.seenAt.getTime() <= nowMs - SEEN_EVERY_MS);
  if (unseen.length > 0) {
    const ids = unseen.map((row) => row.sessionId);
    await touchSessions(house.db, ids, new Date(nowMs));
  }
  return new Map(rows.map((row) => [row.sessionId, principalOf(row, nowMs, living.confirmMs)]));
}

/** What the browser keeps of an earlier sign-in, or `null`. Not checked yet: see `device.ts`. */
export function deviceMarkIn(house: House, cookies: string | undefined): string | null {
  return cookieIn(cookies, deviceCookieName(house), DEVICE_MARK);
}

/** Puts the token into its cookie, and the mark of the device, where there is a new one, into another. */
export function setSessionCookie(reply: FastifyReply, house: House, session: NewSession): void {
  reply.setCookie(cookieName(house), session.token, {
    ...cookieFlags(house),
    maxAge: Math.floor((session.endsAt.getTime() - house.clock.now()) / 1_000),
  });
  if (session.deviceMark === undefined) return;
  reply.setCookie(deviceCookieName(house), session.deviceMark, {
    ...cookieFlags(house),
    maxAge: (DEVICE_DAYS * DAY_MS) / 1_000,
  });
}

export function clearSessionCookie(reply: FastifyReply, house: House): void {
  reply.setCookie(cookieName(house), '', { ...cookieFlags(house), maxAge: 0 });
}

/** Closes the sockets of sessions that ended. */
export function closeSockets(house: House, sessionIds: readonly Uuid[]): void {
  for (const id of sessionIds) house.hub.closeSession(id);
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** `__Host-`: a browser takes it only over TLS, for this host alone, so a sibling domain cannot plant one. */
function cookieName(house: House): string {
  return isOverTls(house) ? '__Host-carat' : 'carat';
}

function deviceCookieName(house: House): string {
  return `${cookieName(house)}-device`;
}

function cookieFlags(house: House) {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: isOverTls(house) } as const;
}

function isOverTls(house: House): boolean {
  return house.config.publicOrigin?.startsWith('https://') ?? false;
}

/** The first cookie of this name whose value looks as it should. */
function cookieIn(cookies: string | undefined, name: string, looks: RegExp): string | null {
  if (cookies === undefined) return null;
  for (const pair of cookies.split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() !== name) continue;
    const value = pair.slice(at + 1).trim();
    if (looks.test(value)) return value;
  }
  return null;
}

async function livingSince(
  house: House,
  nowMs: number,
): Promise<{ now: Date; seenSince: Date; confirmMs: number }> {
  const { sessions, staff } = await currentPolicy(house.db, nowMs);
  return { now: new Date(nowMs), seenSince: new Date(nowMs - sessions.idleMs), confirmMs: staff.confirmMs };
}

function principalOf(row: SessionRow, nowMs: number, confirmMs: number): UserPrincipal {
  const confirmedMs = row.confirmedAt?.getTime() ?? null;
  return {
    kind: 'user',
    userId: row.userId,
    handle: row.handle,
    roles: new Set(row.roles),
    dateOfBirth: row.dateOfBirth,
    sessionId: row.sessionId,
    // A confirmation from the future is none: clocks were turned.
    confirmedUntilMs: confirmedMs === null || confirmedMs > nowMs ? null : confirmedMs + confirmMs,
  };
}
