/** The line to the server: server-sent events over `fetch`, which can show a token without writing it into an address. */

export interface Message {
  readonly type: string;
  /** Milliseconds since 1970, as digits. */
  readonly createTime: string;
  /** The stage's number of the event. */
  readonly seq?: number;
  /** The creator tries it out: nothing happened. */
  readonly test?: true;
  readonly [field: string]: unknown;
}

interface Listener {
  /** The last number that was seen, where something may have been missed. */
  after(): number | undefined;
  tell(message: Message): void;
  /** The token opens nothing (any more). */
  gone(): void;
}

const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];
/** What was revoked does not come back; a database that is restored may bring it back all the same. */
const GONE_MS = 60_000;
/** The server says something every 20 s; a line that is silent for longer is dead. */
const SILENT_MS = 50_000;
const REFUSED = new Set([401, 403, 404]);

/** Opens the line and opens it again whenever it ends, for ever. */
export function openLine(token: string, source: string, listener: Listener): void {
  let tries = 0;
  let wake = () => {};
  addEventListener('online', () => wake());

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const once = async (): Promise<'gone' | 'ended'> => {
    const stop = new AbortController();
    let silent = setTimeout(() => stop.abort(), SILENT_MS);
    const heard = () => {
      clearTimeout(silent);
      silent = setTimeout(() => stop.abort(), SILENT_MS);
    };
    try {
      const after = listener.after();
      const answer = await fetch(
        `/v1/overlay/stream?source=${source}${after === undefined ? '' : `&after=${after}`}`,
        {
          cache: 'no-store',
          referrerPolicy: 'no-referrer',
          signal: stop.signal,
          // The preview is the signed-in creator's own.
          ...(token === 'preview'
            ? { credentials: 'same-origin' as const }
            : { credentials: 'omit' as const, headers: { authorization: `Bearer ${token}` } }),
        },
      );
      if (REFUSED.has(answer.status)) return 'gone';
      if (!answer.ok || answer.body === null) return 'ended';
      let isOver = false;
      const read = blocks((message) => {
        if (message.type === 'state') tries = 0;
        if (message.type === 'end') isOver = true;
        else listener.tell(message);
      });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return isOver ? 'gone' : 'ended';
        heard();
        read(value);
        if (isOver) {
          stop.abort();
          return 'gone';
        }
      }
    } catch {
      return 'ended';
    } finally {
      clearTimeout(silent);
    }
  };

  const forever = async () => {
    for (;;) {
      const why = await once();
      if (why === 'gone') listener.gone();
      await pause(why === 'gone' ? GONE_MS : (PAUSES_MS[Math.min(tries++, PAUSES_MS.length - 1)] ?? 0));
    }
  };
  void forever();
}

/** Takes text as it comes and tells each message that is whole. */
export function blocks(tell: (message: Message) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const whole = (rest + text).split('\n\n');
    rest = whole.pop() ?? '';
    for (const block of whole) {
      const data = block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart())
        .join('\n');
      if (data === '') continue;
      try {
        tell(JSON.parse(data) as Message);
      } catch {
        // What is not for this page to understand is passed over.
      }
    }
  };
}
