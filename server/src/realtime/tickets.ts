import { createHash, randomBytes } from 'node:crypto';
import { SECOND_MS } from '../core/clock.ts';
import type { Queryable } from '../db/database.ts';
import { ANONYMOUS, type Principal, type Role, type UserPrincipal } from '../http/principal.ts';

export const TICKET_TTL_MS = 30 * SECOND_MS;

/** A proof of who opens a socket. */
export interface Ticket {
  /** 256 random bits, base64url. Good for one connection, on any server process. */
  readonly ticket: string;
  readonly expiresAt: Date;
}

/** Whom a ticket was made for. */
export interface TicketHolder {
  readonly principal: Principal;
  /** Where it was asked for, to be counted for; `null` = nowhere in particular. See `publicNetworkOf`. */
  readonly network: string | null;
}

/**
 * Makes a ticket. A browser cannot set headers on a WebSocket, and a cookie alone would let pages of other sites
 * open one in a person's name; a ticket must first be asked for from a page of this site.
 */
export async function issueTicket(
  db: Queryable,
  { principal, network }: TicketHolder,
  nowMs: number,
): Promise<Ticket> {
  const ticket = randomBytes(32).toString('base64url');
  const expiresAt = new Date(nowMs + TICKET_TTL_MS);
  await db.query(
    'insert into socket_tickets (hash, principal, network, expires_at) values ($1, $2, $3, $4)',
    [hashOf(ticket), JSON.stringify(write(principal)), network, expiresAt],
  );
  return { ticket, expiresAt };
}

/** Whom the ticket was made for, and the ticket is spent; `null` when it was spent before, has expired or never was. */
export async function redeemTicket(
  db: Queryable,
  ticket: string,
  nowMs: number,
): Promise<TicketHolder | null> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(ticket)) return null;
  const [row] = await db.query<{ principal: WrittenPrincipal; network: string | null; expires_at: Date }>(
    'delete from socket_tickets where hash = $1 returning principal, network, expires_at',
    [hashOf(ticket)],
  );
  if (row === undefined || row.expires_at.getTime() <= nowMs) return null;
  return { principal: read(row.principal), network: row.network };
}

/** Forgets tickets that nobody used. */
export async function sweepTickets(db: Queryable, nowMs: number): Promise<void> {
  await db.query('delete from socket_tickets where expires_at < $1', [new Date(nowMs)]);
}

type WrittenPrincipal =
  | { readonly kind: 'anonymous' }
  | (Omit<UserPrincipal, 'roles'> & { readonly roles: readonly Role[] });

function hashOf(ticket: string): Buffer {
  return createHash('sha256').update(ticket).digest();
}

function write(principal: Principal): WrittenPrincipal {
  return principal.kind === 'anonymous' ? principal : { ...principal, roles: [...principal.roles] };
}

function read(written: WrittenPrincipal): Principal {
  return written.kind === 'anonymous' ? ANONYMOUS : { ...written, roles: new Set(written.roles) };
}
