import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import { Refusal } from '../core/refusal.ts';
import { type Access, ANONYMOUS, type Authenticate, type Principal, userOf } from './principal.ts';
import { CONFIRM_FIRST, FORBIDDEN, FOREIGN_ORIGIN } from './refusals.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a state-changing request that a page of another site may have made in a person's browser.
 * Browsers send `Origin` with every such request and pages cannot forge it, so a missing one is refused too.
 */
export function guardOrigin(request: FastifyRequest, publicOrigin: string | undefined): void {
  const { origin } = request.routeOptions.config;
  if (SAFE_METHODS.has(request.method) || origin === 'any') return;
  // No page of another site can send this header without asking first, which nobody allows it.
  if (origin === 'bearer' && request.headers.authorization?.startsWith('Bearer ')) return;
  if (!isOwnOrigin(request.headers.origin, request.headers.host, publicOrigin)) {
    throw new Refusal(FOREIGN_ORIGIN);
  }
}

/** Whether `origin` is this site: the configured public origin, or else the host that was asked. */
export function isOwnOrigin(
  origin: string | undefined,
  host: string | undefined,
  publicOrigin: string | undefined,
): boolean {
  if (origin === undefined) return false;
  if (publicOrigin !== undefined) return origin === publicOrigin;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}

/** Finds out who asks. Asked once per request, before anything else looks at it. */
export async function identify(request: FastifyRequest, authenticate: Authenticate): Promise<void> {
  request.principal = ANONYMOUS;
  if (request.routeOptions.config.identified === false) return;
  if (request.headers.cookie !== undefined) request.principal = await authenticate(request);
}

/** Refuses whoever the route is not for. */
export function guardAccess(request: FastifyRequest): void {
  const access = request.routeOptions.config.access;
  if (access === undefined) return;
  if (access === 'public') return;
  const user = userOf(request);
  if (!mayEnter(user, access)) throw new Refusal(FORBIDDEN, { role: access });
}

/**
 * Refuses with `confirm_first` what an operator does with a session in which nobody gave the password a moment ago: a
 * page left open, or a stolen cookie, moves no money and gives nobody power. It holds for every route that is added for
 * operators, unless the route says that it only makes things safer.
 */
export function guardConfirmed(request: FastifyRequest, nowMs: number): void {
  if (!asksForConfirmation(request.method, request.routeOptions.config)) return;
  const { confirmedUntilMs } = userOf(request);
  if (confirmedUntilMs === null || confirmedUntilMs <= nowMs) throw new Refusal(CONFIRM_FIRST);
}

/** Whether a route takes a session that was confirmed a moment ago. */
export function asksForConfirmation(
  method: string,
  { access, confirmed }: Pick<FastifyContextConfig, 'access' | 'confirmed'>,
): boolean {
  if (confirmed !== undefined) return confirmed === 'needed';
  return (access === 'operator' || access === 'support') && !SAFE_METHODS.has(method);
}

function mayEnter(principal: Principal, access: Access): boolean {
  if (access === 'public') return true;
  if (principal.kind === 'anonymous') return false;
  return access === 'user' || principal.roles.has(access);
}
