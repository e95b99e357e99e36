/**
 * What carries the video of a stage: a publisher sends with WHIP (RFC 9725), viewers receive with WHEP. `room` is the
 * stage's id. The default carries it itself (`embedded/`); any engine that speaks both can stand behind it (`remote-engine.ts`).
 */
export interface LiveEngine {
  readonly name: string;
  /**
   * Takes a publisher's offer; whoever published in this room before is replaced, and viewers go on.
   * @throws EngineRefusal
   */
  publish(room: string, offer: string): Promise<Negotiated>;
  /** Takes a viewer's offer. @throws EngineRefusal */
  play(room: string, offer: string): Promise<Negotiated>;
  /** Ends one session; nothing happens when it has ended. */
  close(session: string): Promise<void>;
  /** Ends the video of a room: its publisher's session and its viewers'. */
  closeRoom(room: string): Promise<void>;
  /** What is known of a room's video. */
  video(room: string): RoomVideo;
  /** Where the room can be had as HLS from elsewhere; `null` where it cannot. */
  hls(room: string): string | null;
  /** HLS that this server gives out itself; `null` where it does not. */
  readonly shelves: HlsShelves | null;
  /** Hears changes. Registered once. */
  observe(hear: EngineObserver): void;
  stats(): Promise<EngineStats>;
  /** Ends every session. */
  stop(): Promise<void>;
}

/** Rooms as HLS. Nothing is made of a room until somebody asks, nor after it is closed here. */
export interface HlsShelves {
  /** The shelf of a room; makes one where there is none. @throws EngineRefusal `no_video`, `codec_unsupported` */
  open(room: string): Promise<HlsShelf>;
  /** Nobody asks for this room any more. */
  close(room: string): void;
}

/** The last seconds of a room as playlists and pieces of MP4. */
export interface HlsShelf {
  readonly isClosed: boolean;
  /** The playlist that names the other one, as soon as a segment has ended; `null` when none comes. */
  master(viewer: string): Promise<string | null>;
  /** The playlist as soon as it has got to a position, or as it is; `null` when it never will. */
  playlist(position: PlaylistPosition | null): Promise<string | null>;
  /** What a playlist names. */
  piece(name: string): Buffer | undefined;
}

/** A part of a segment, both counted from 0; without a part, the whole of it. */
export interface PlaylistPosition {
  readonly segment: number;
  readonly part: number | null;
}

/** An answer to an offer, and what the session is known by. */
export interface Negotiated {
  readonly session: string;
  readonly answer: string;
}

/**
 * `live`: pictures come; `reconnecting`: the publisher is away and may come back; `ended`: it did not come back in
 * time; `none`: nobody has published yet.
 */
export type VideoState = 'none' | 'live' | 'reconnecting' | 'ended';

export interface RoomVideo {
  readonly state: VideoState;
  /** The session of whoever publishes now, or did until a moment ago. */
  readonly publisher: string | null;
  /** The publisher's encoder uses B-frames, which WebRTC viewers cannot show in order. */
  readonly bFrames: boolean;
}

export interface EngineObserver {
  changed(room: string, video: RoomVideo): void;
  closed(session: string): void;
}

export interface EngineStats {
  readonly rooms: number;
  readonly publishers: number;
  readonly viewers: number;
  /** RTP packets and bytes taken and given since the start. */
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
  readonly retransmitted: number;
  readonly keyframesAsked: number;
  /** Microseconds of processor time that the engine has used; 0 where it is not ours. */
  readonly processorUs: number;
  readonly memoryBytes: number;
}

export type EngineRefusalReason = 'sdp_invalid' | 'codec_unsupported' | 'no_video' | 'full' | 'unavailable';

/** Why an engine takes no offer. The slice makes a refusal of it. */
export class EngineRefusal extends Error {
  override readonly name = 'EngineRefusal';
  readonly reason: EngineRefusalReason;

  constructor(reason: EngineRefusalReason, detail: string) {
    super(detail);
    this.reason = reason;
  }
}
