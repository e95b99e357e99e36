import { randomUUID } from 'node:crypto';
import {
  type EngineObserver,
  EngineRefusal,
  type EngineStats,
  type LiveEngine,
  type Negotiated,
  type RoomVideo,
  type VideoState,
} from './engine.ts';

/** Another server that speaks WHIP and WHEP: MediaMTX, SRS, Cloudflare Stream … */
export interface RemoteSettings {
  /** Addresses with `{room}` where the stage's id goes. */
  readonly whipUrl: string;
  readonly whepUrl: string;
  /** A playlist that viewers' browsers reach; `null` = none. */
  readonly hlsUrl: string | null;
  /** Sent as bearer token with every request. */
  readonly token: string | null;
  readonly graceMs: number;
}

const TIMEOUT_MS = 8_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const NO_VIDEO: RoomVideo = { state: 'none', publisher: null, bFrames: false };

interface RemoteSession {
  readonly room: string;
  readonly role: 'publisher' | 'viewer';
  /** Where it ends with DELETE, where the engine said so. */
  readonly resource: string | null;
}

/**
 * Brings offers to another server and its answers back; media goes between that server and the browsers. That server's
 * WHIP and WHEP ports need to be open to this one only: who may send is decided here.
 */
export class RemoteEngine implements LiveEngine {
  readonly name = 'remote';
  readonly shelves = null;
  readonly #settings: RemoteSettings;
  readonly #rooms = new Map<string, RoomVideo>();
  readonly #sessions = new Map<string, RemoteSession>();
  readonly #ending = new Map<string, NodeJS.Timeout>();
  /** Rooms whose publisher has begun a moment ago and until when: who finds no video there yet is only too early. */
  readonly #beginning = new Map<string, number>();
  #observer: EngineObserver | undefined;

  constructor(settings: RemoteSettings) {
    this.#settings = settings;
  }

  async publish(room: string, offer: string): Promise<Negotiated> {
    const before = this.video(room).publisher;
    if (before !== null) await this.close(before);
    const { answer, resource } = await this.#post(this.#settings.whipUrl, room, offer);
    const session = this.#keep({ room, role: 'publisher', resource });
    this.#beginning.set(room, performance.now() + this.#settings.graceMs);
    this.#tell(room, { state: 'live', publisher: session, bFrames: false });
    return { session, answer };
  }

  async play(room: string, offer: string): Promise<Negotiated> {
    const known = this.video(room);
    try {
      const { answer, resource } = await this.#post(this.#settings.whepUrl, room, offer);
      this.#beginning.delete(room);
      // It went away and is back, and only the engine knew.
      if (known.state === 'reconnecting') this.#tell(room, { ...known, state: 'live' });
      return { session: this.#keep({ room, role: 'viewer', resource }), answer };
    } catch (error) {
      const away = error instanceof EngineRefusal && error.reason === 'no_video';
      const isEarly = performance.now() < (this.#beginning.get(room) ?? 0);
      if (away && !isEarly && known.state === 'live') this.#tell(room, { ...known, state: 'reconnecting' });
      throw error;
    }
  }

  async close(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (session === undefined) return;
    this.#sessions.delete(id);
    this.#observer?.closed(id);
    const video = this.video(session.room);
    if (video.publisher === id)
      this.#tell(session.room, { ...video, state: 'reconnecting', publisher: null });
    if (session.resource === null) return;
    await this.#fetch(session.resource, { method: 'DELETE' }).catch(() => {
      // The engine sees by itself that nobody is there any more.
    });
  }

  async closeRoom(room: string): Promise<void> {
    const ids = [...this.#sessions].filter(([, session]) => session.room === room).map(([id]) => id);
    await Promise.all(ids.map((id) => this.close(id)));
    clearTimeout(this.#ending.get(room));
    this.#ending.delete(room);
    this.#rooms.delete(room);
    this.#beginning.delete(room);
  }

  video(room: string): RoomVideo {
    return this.#rooms.get(room) ?? NO_VIDEO;
  }

  hls(room: string): string | null {
    return this.#settings.hlsUrl?.replaceAll('{room}', encodeURIComponent(room)) ?? null;
  }

  observe(observer: EngineObserver): void {
    this.#observer = observer;
  }

  async stats(): Promise<EngineStats> {
    const roles = [...this.#sessions.values()].map(({ role }) => role);
    return {
      rooms: this.#rooms.size,
      publishers: roles.filter((role) => role === 'publisher').length,
      viewers: roles.filter((role) => role === 'viewer').length,
      packetsIn: 0,
      packetsOut: 0,
      bytesOut: 0,
      retransmitted: 0,
      keyframesAsked: 0,
      processorUs: 0,
      memoryBytes: 0,
    };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#rooms.keys()].map((room) => this.closeRoom(room)));
  }

  #keep(session: RemoteSession): string {
    const id = randomUUID();
    this.#sessions.set(id, session);
    return id;
  }

  #tell(room: string, video: RoomVideo): void {
    this.#rooms.set(room, video);
    clearTimeout(this.#ending.get(room));
    this.#ending.delete(room);
    if (video.state === 'reconnecting') {
      const overdue = setTimeout(() => this.#end(room), this.#settings.graceMs);
      overdue.unref();
      this.#ending.set(room, overdue);
    }
    this.#observer?.changed(room, video);
  }

  #end(room: string): void {
    const ended: VideoState = 'ended';
    this.#tell(room, { ...this.video(room), state: ended, publisher: null });
  }

  async #post(
    template: string,
    room: string,
    offer: string,
  ): Promise<{ answer: string; resource: string | null }> {
    const url = template.replaceAll('{room}', encodeURIComponent(room));
    const response = await this.#fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp' },
      body: offer,
    }).catch((error: unknown) => {
      throw new EngineRefusal('unavailable', `The video engine does not answer: ${String(error)}`);
    });
    const answer = (await response.text()).slice(0, ANSWER_BYTES_MAX);
    if (response.status === 201 || response.status === 200) {
      const location = response.headers.get('location');
      return { answer, resource: location === null ? null : new URL(location, url).href };
    }
    if ([404, 409].includes(response.status)) {
      throw new EngineRefusal('no_video', 'Nobody sends video to this stage now.');
    }
    if (response.status === 400 || response.status === 406 || response.status === 415) {
      throw new EngineRefusal('codec_unsupported', 'The video engine does not take this offer.');
    }
    const reason = response.status === 503 ? 'full' : 'unavailable';
    throw new EngineRefusal(reason, `The video engine answered ${response.status}.`);
  }

  #fetch(url: string, request: RequestInit): Promise<Response> {
    const { token } = this.#settings;
    return fetch(url, {
      ...request,
      redirect: 'follow',
      headers: { ...request.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}
