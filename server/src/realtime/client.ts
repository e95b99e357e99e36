import type { Refusal } from '../core/refusal.ts';
import type { Principal, UserPrincipal } from '../http/principal.ts';
import type { Json } from './room-event.ts';

/** What the server says in one WebSocket message. */
export interface ServerFrame {
  readonly t: string;
  readonly [field: string]: Json | undefined;
}

/** One connected socket, as slices see it. */
export interface Client {
  /**
   * Who it is: as at the connection, and read again while it lasts. A verb that depends on something that a
   * person can change (date of birth, a freeze) reads it anew.
   */
  readonly principal: Principal;
  /** The signed-in person. Refuses with `not_signed_in`. */
  user(): UserPrincipal;
  /** Sends one frame to this client alone; nothing happens when it is gone. */
  send(frame: ServerFrame): void;
  /** Answers the request `key` with a refusal, and with further fields beside it where the frame has some. */
  refuse(key: string | null, refusal: Refusal, more?: Readonly<Record<string, Json>>): void;
}
