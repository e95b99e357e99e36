import { request } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { closeAfterFile } from './harness.ts';
import type { Said } from './socket.ts';
import { until } from './until.ts';

export const ROADS = ['sse', 'ws'] as const;
export type Road = (typeof ROADS)[number];

/** A tool that reads a stage's stream over either road and keeps what it is told. */
export interface TestReader {
  /** Every message so far. */
  readonly said: readonly Said[];
  /** The answer's status when it was refused, else 200 or 101. */
  readonly opened: Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Said }>;
  /** Resolves when it has ended; the code is that of a WebSocket. */
  readonly closed: Promise<number | null>;
  /** Ids of the server-sent events, in order; and comments. */
  readonly ids: readonly string[];
  readonly comments: readonly string[];
  /** Waits until `holds` of what was said. */
  until(what: string, holds: () => boolean): Promise<void>;
  next(type: string, fits?: (message: Said) => boolean): Promise<Said>;
  /** The numbered messages so far. */
  numbered(): Said[];
  pause(): void;
  resume(): void;
  close(): void;
}

export interface ReadOptions {
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function readStage(
  origin: string,
  handle: string,
  road: Road,
  { query = '', headers = {} }: ReadOptions = {},
): TestReader {
  return readPath(origin, `/v1/stages/${handle}/stream${query === '' ? '' : `?${query}`}`, road, headers);
}

/** An overlay as its page reads it. */
export function readOverlay(
  origin: string,
  source: string,
  { query = '', headers = {} }: ReadOptions = {},
): TestReader {
  const path = `/v1/overlay/stream?source=${source}${query === '' ? '' : `&${query}`}`;
  return readPath(origin, path, 'sse', headers);
}

function readPath(
  origin: string,
  path: string,
  road: Road,
  headers: Readonly<Record<string, string>>,
): TestReader {
  const said: Said[] = [];
  const ids: string[] = [];
  const comments: string[] = [];
  const { opened, closed, socket, close } =
    road === 'sse'
      ? readEvents(origin + path, headers, { said, ids, comments })
      : readSocket(origin.replace('http', 'ws') + path, headers, said);
  closeAfterFile(async () => close());
  const holding = (what: string, holds: () => boolean) =>
    until(what, holds).then(
      () => {},
      (error: Error) => {
        throw new Error(`${error.message}; said last: ${JSON.stringify(said.slice(-2))}`);
      },
    );
  const taken = new Set<Said>();
  return {
    said,
    ids,
    comments,
    opened,
    closed,
    until: holding,
    next: async (type, fits = () => true) => {
      const find = () =>
        said.find((message) => message.type === type && !taken.has(message) && fits(message));
      await holding(`a message ${type}`, () => find() !== undefined);
      const message = find();
      taken.add(message);
      return message;
    },
    numbered: () => said.filter(({ type, seq }) => seq !== undefined && type !== 'connected'),
    pause: () => void socket().pause(),
    resume: () => void socket().resume(),
    close,
  };
}

type Opened = Awaited<TestReader['opened']>;

function readEvents(
  url: string,
  headers: Readonly<Record<string, string>>,
  into: { said: Said[]; ids: string[]; comments: string[] },
) {
  const asked = request(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false });
  const ended = Promise.withResolvers<number | null>();
  const opened = new Promise<Opened>((resolve, reject) => {
    asked.on('error', reject);
    asked.on('response', (response) => {
      const { statusCode: status = 0, headers: given } = response;
      response.setEncoding('utf8');
      response.on('close', () => ended.resolve(null));
      response.on('error', () => {});
      let rest = '';
      if (status !== 200) {
        response.on('data', (text: string) => {
          rest += text;
        });
        response.on('end', () =>
          resolve({ status, headers: given, body: rest === '' ? null : JSON.parse(rest) }),
        );
        return;
      }
      resolve({ status, headers: given, body: null });
      response.on('data', (text: string) => {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) takeBlock(block, into);
      });
    });
  });
  opened.catch(() => ended.resolve(null));
  asked.end();
  return {
    opened,
    closed: ended.promise,
    socket: () => asked.socket as Socket,
    close: () => void asked.destroy(),
  };
}

function takeBlock(block: string, into: { said: Said[]; ids: string[]; comments: string[] }): void {
  const fields = new Map(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  const comment = fields.get('');
  if (comment !== undefined) into.comments.push(comment);
  const data = fields.get('data');
  if (data === undefined) return;
  const message = JSON.parse(data);
  if (message.type !== fields.get('event')) throw new Error(`${fields.get('event')} is not ${message.type}`);
  const id = fields.get('id');
  if (id !== undefined) into.ids.push(id);
  into.said.push(message);
}

function readSocket(url: string, headers: Readonly<Record<string, string>>, said: Said[]) {
  const ws = new WebSocket(url, { headers: { ...headers } });
  const ended = Promise.withResolvers<number | null>();
  const opened = new Promise<Opened>((resolve, reject) => {
    ws.on('open', () => resolve({ status: 101, headers: {}, body: null }));
    ws.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (data) => {
        body += data;
      });
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: body === '' ? null : JSON.parse(body),
        });
        ended.resolve(null);
      });
    });
    ws.on('error', reject);
  });
  opened.catch(() => {});
  ws.on('message', (data) => said.push(JSON.parse(data.toString())));
  ws.on('close', (code) => ended.resolve(code));
  return {
    opened,
    closed: ended.promise,
    socket: () => (ws as unknown as { _socket: Socket })._socket,
    close: () => ws.terminate(),
  };
}
