import type { Json } from './room-event.ts';
import { SharedMessage } from './wire.ts';

/** One message of a stream: flat, with its type. See `messages.ts` for the kinds. */
export interface StreamMessage {
  readonly type: string;
  readonly createTime: string;
  /** Numbered messages alone. */
  readonly seq?: number;
  readonly [field: string]: Json | undefined;
}

/**
 * What several readers of a stage are told together: events, which nobody misses, and noise, which a slow reader
 * does. Turned into bytes once per road, however many readers there are; the bytes are shared and must not be changed.
 */
export class StreamBatch {
  readonly #events: readonly StreamMessage[];
  readonly #noise: readonly StreamMessage[];
  readonly #made = new Map<string, Buffer>();

  constructor(events: readonly StreamMessage[], noise: readonly StreamMessage[] = []) {
    this.#events = events;
    this.#noise = noise;
  }

  /** As server-sent events. */
  eventSource(lane: 'all' | 'events'): Buffer {
    return this.#once(`eventSource ${lane}`, () =>
      Buffer.from(this.messages(lane).map(serverSentEvent).join('')),
    );
  }

  /** As WebSocket text frames, one message each. */
  socket(lane: 'all' | 'events', deflated: boolean): Buffer {
    return this.#once(`socket ${lane} ${deflated}`, () =>
      Buffer.concat(
        this.messages(lane).map((message) =>
          new SharedMessage(() => JSON.stringify(message)).bytes(deflated),
        ),
      ),
    );
  }

  /** The messages of a lane, for a reader that is told them in words of its own. */
  messages(lane: 'all' | 'events'): readonly StreamMessage[] {
    return lane === 'all' ? [...this.#events, ...this.#noise] : this.#events;
  }

  #once(key: string, make: () => Buffer): Buffer {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made;
  }
}

/** Noise has no id: after a pause the browser names the last number in `Last-Event-ID`. */
export function serverSentEvent(message: StreamMessage): string {
  const id = message.seq === undefined ? '' : `id: ${message.seq}\n`;
  return `${id}event: ${message.type}\ndata: ${JSON.stringify(message)}\n\n`;
}
