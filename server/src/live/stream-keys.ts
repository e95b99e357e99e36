import type { FastifyRequest } from 'fastify';
import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { StreamRoad } from '../realtime/stream-reader.ts';

/** What a program shows instead of a session: it opens one creator's stage and can be revoked. */
export interface StreamKey {
  readonly creatorId: Uuid;
  /** Whether test events may be sent with it. */
  readonly mayTest: boolean;
  /** Ends the road as soon as the key is revoked. */
  whileOpen(road: StreamRoad): void;
}

/** Finds the key behind a token. Refuses one that opens nothing. */
export type FindStreamKey = (house: House, token: string, address: string) => Promise<StreamKey>;

const finder = { find: null as FindStreamKey | null };

/** Says how tokens are looked up. Registered once, by the slice that gives them. */
export function useStreamKeys(find: FindStreamKey): void {
  finder.find = find;
}

/** The key that a request shows; `null` when it shows none. Refuses one that opens nothing. */
export async function keyOf(house: House, request: FastifyRequest): Promise<StreamKey | null> {
  const token = bearerOf(request);
  if (token === null || finder.find === null) return null;
  return finder.find(house, token, request.ip);
}

/** The token of `Authorization: Bearer …`, or `null`. */
export function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer +(\S{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
