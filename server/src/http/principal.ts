import type { FastifyRequest } from 'fastify';
import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import { NOT_SIGNED_IN } from './refusals.ts';

export type Role = 'fan' | 'creator' | 'operator' | 'support';

/** A signed-in person, as every request and socket knows them. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly userId: Uuid;
  readonly handle: string;
  readonly roles: ReadonlySet<Role>;
  /** `YYYY-MM-DD`, or `null` while it is not known. */
  readonly dateOfBirth: string | null;
  readonly sessionId: Uuid;
  /** Until when this session may do what operators confirm first; milliseconds since 1970, `null` = it may not. */
  readonly confirmedUntilMs: number | null;
}

/** Who is asking. */
export type Principal = { readonly kind: 'anonymous' } | UserPrincipal;

export const ANONYMOUS: Principal = { kind: 'anonymous' };

/** Reads who is asking from a request's headers. The identity slice provides it. */
export type Authenticate = (request: {
  readonly headers: { readonly cookie?: string | undefined };
}) => Promise<Principal>;

/** Who may call a route. `user` is anyone signed in; the others also need that role. */
export type Access = 'public' | 'user' | 'creator' | 'operator' | 'support';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
  }
  interface FastifyContextConfig {
    /** Who may call this route; every route says so. */
    access?: Access;
    /**
     * `any` for server-to-server calls that carry their own signature (webhooks); `bearer` for programs that carry a
     * token of their own, as OBS does, and else for this site's pages.
     */
    origin?: 'same' | 'any' | 'bearer';
    /** `false` for what is asked several times a second and is the same for everybody: nobody is looked up. */
    identified?: false;
    /** Whether the answer goes on for as long as the asker listens. */
    streams?: true;
    /**
     * Whether an operator must have given their password a moment ago. Whatever an operator changes asks for it unless
     * this says `not_needed`, which is for what only ever makes things safer; what is read asks for it where it is `needed`.
     */
    confirmed?: 'needed' | 'not_needed';
    /** Whether it takes an Idempotency-Key, as every route that moves money does. */
    movesMoney?: true;
  }
}

/** The signed-in person of a request. Refuses with `not_signed_in`. */
export function userOf(request: FastifyRequest): UserPrincipal {
  if (request.principal.kind === 'user') return request.principal;
  throw new Refusal(NOT_SIGNED_IN);
}
