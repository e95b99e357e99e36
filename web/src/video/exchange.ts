import { ApiProblem, OFFLINE, problemFrom } from '../api/problem.ts';

const TIMEOUT_MS = 12_000;
const GATHER_MS = 1_000;

/** A video session that the server agreed to. */
export interface Exchange {
  readonly answer: string;
  /** Where the session ends with DELETE; `null` where the engine does not say. */
  readonly resource: string | null;
}

/** Why an offer was not taken. */
export interface Declined {
  readonly problem: ApiProblem;
  /** What the server asked to wait. */
  readonly retryMs: number | null;
  /** The same video over HTTP, where the server offers it. */
  readonly hls: string | null;
}

/** Brings an offer to a WHIP or WHEP address. @throws ApiProblem, with `Declined` in `declined` */
export async function exchange(url: string, offer: string, signal: AbortSignal): Promise<Exchange> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/sdp', accept: 'application/sdp' },
      body: offer,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ExchangeDeclined({ problem: new ApiProblem(OFFLINE), retryMs: null, hls: null });
  }
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => null);
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    throw new ExchangeDeclined({
      problem: new ApiProblem(problemFrom(response.status, body)),
      retryMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
      hls: alternateOf(response.headers.get('link')),
    });
  }
  const location = response.headers.get('location');
  return {
    answer: await response.text(),
    resource: location === null ? null : new URL(location, response.url).href,
  };
}

export class ExchangeDeclined extends Error {
  readonly declined: Declined;

  constructor(declined: Declined) {
    super(declined.problem.detail);
    this.declined = declined;
  }
}

/** Ends a session; also while the page goes away. */
export function endExchange(resource: string | null): void {
  if (resource === null) return;
  void fetch(resource, { method: 'DELETE', credentials: 'same-origin', keepalive: true }).catch(() => {
    // The server sees by itself that nobody is there any more.
  });
}

/**
 * The connection's offer. The server is reachable and learns this end from its first packet, so candidates are not
 * waited for; an engine elsewhere may want them, so a moment is.
 */
export async function offerOf(connection: RTCPeerConnection): Promise<string> {
  await connection.setLocalDescription();
  if (connection.iceGatheringState !== 'complete') {
    await Promise.race([
      new Promise<void>((resolve) => {
        connection.addEventListener('icecandidate', () => resolve(), { once: true });
        connection.addEventListener('icegatheringstatechange', () => {
          if (connection.iceGatheringState === 'complete') resolve();
        });
      }),
      new Promise<void>((resolve) => setTimeout(resolve, GATHER_MS)),
    ]);
  }
  return connection.localDescription?.sdp ?? '';
}

/** `<…/live.m3u8>; rel="alternate"` */
function alternateOf(link: string | null): string | null {
  return /<([^>]+)>\s*;[^,]*rel="?alternate"?/.exec(link ?? '')?.[1] ?? null;
}
