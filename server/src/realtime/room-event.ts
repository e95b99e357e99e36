/** A value that JSON can hold. Whole numbers of money are strings of digits. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json };

/**
 * Something that happened in a room, in the flat shape that TikTok LIVE tool makers know: the common fields,
 * then the fields of its type. Kept for 30 days; never changed.
 */
export interface RoomEvent {
  /** `gift`, `goal`, `stage`, `follow`, `roomUser` … */
  readonly type: string;
  /** The room's gapless number of this event: 1, 2, 3 … */
  readonly seq: number;
  /** `evt_…`; the same however often the event is read. */
  readonly eventId: string;
  /** The same id under the name that tool makers know. */
  readonly msgId: string;
  /** Milliseconds since 1970, as digits. */
  readonly createTime: string;
  readonly [field: string]: Json;
}

/** An event before the room has numbered it. */
export interface NewRoomEvent {
  readonly type: string;
  /** Milliseconds since 1970, as digits. */
  readonly createTime: string;
  /** `evt_…`; made when not given. */
  readonly eventId?: string;
  readonly [field: string]: Json | undefined;
}
