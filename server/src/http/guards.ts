import type { FastifyRequest } from 'fastify';
import { Refusal } from '../core/refusal.ts';
import { type Access, ANONYMOUS, type Authenticate, type Principal, userOf } from './principal.ts';
import { FORBIDDEN, FOREIGN_ORIGIN } from './refusals.ts';

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

function mayEnter(principal: Principal, access: Access): boolean {
  if (access === 'public') return true;
  if (principal.kind === 'anonymous') return false;
  return access === 'user' || principal.roles.has(access);
}
