import { line } from '../realtime/socket.ts';
import { ExchangeDeclined, endExchange, exchange, offerOf } from './exchange.ts';
import { askVideo } from './watch.ts';

/** What a publisher chooses before and while live. */
export interface CaptureChoice {
  /** `deviceId`s; the browser's own choice unless told. */
  readonly cameraId?: string;
  readonly microphoneId?: string;
  /** Which of the two are wanted; both unless told. */
  readonly camera?: boolean;
  readonly microphone?: boolean;
}

/** A camera or microphone to choose from. Names are empty until the person allowed one of them. */
export interface CaptureDevice {
  readonly id: string;
  readonly name: string;
}

export interface CaptureDevices {
  readonly cameras: readonly CaptureDevice[];
  readonly microphones: readonly CaptureDevice[];
}

/** Why the camera cannot be had, as a sentence and what to do about it. */
export type CaptureFault =
  | 'not_secure'
  | 'no_camera'
  | 'no_microphone'
  | 'not_allowed'
  | 'in_use'
  | 'not_supported'
  | 'no_codec'
  | 'camera_gone'
  | 'microphone_gone'
  | 'failed';

export class CaptureError extends Error {
  readonly fault: CaptureFault;
  /** What the person can do. */
  readonly remedy: string;

  constructor(fault: CaptureFault) {
    const [sentence, remedy] = FAULTS[fault];
    super(sentence);
    this.name = 'CaptureError';
    this.fault = fault;
    this.remedy = remedy;
  }
}

/** Where a publication is. */
export type PublishState =
  | { readonly phase: 'connecting' }
  /** The server receives it. */
  | { readonly phase: 'live' }
  /** Lost; tried again in so many milliseconds, or right now (0). */
  | { readonly phase: 'reconnecting'; readonly inMs: number; readonly sentence: string }
  /** Given up: the live ended, another device took over, or this browser cannot. */
  | { readonly phase: 'ended'; readonly sentence: string; readonly remedy: string };

export interface PublishFigures {
  readonly bitsPerSecond: number;
  readonly picturesPerSecond: number;
  readonly width: number;
  readonly height: number;
  /** Round trip to the server; `null` before the first report. */
  readonly roundTripMs: number | null;
  /** 0 to 1, as the server tells. */
  readonly lost: number;
}

/** A running publication. */
export interface Publication {
  state(): PublishState;
  subscribe(hear: (state: PublishState) => void): () => void;
  figures(): Promise<PublishFigures | null>;
  /** Sends another picture or sound from now on, without a new connection. */
  replace(stream: MediaStream): Promise<void>;
  /** Ends it. The stream is the caller's to stop. */
  stop(): void;
}

/** Camera and microphone of this device for a preview and for `publish`. @throws CaptureError */
export async function capture(choice: CaptureChoice = {}): Promise<MediaStream> {
  if (!window.isSecureContext) throw new CaptureError('not_secure');
  if (navigator.mediaDevices?.getUserMedia === undefined) throw new CaptureError('not_supported');
  if (typeof RTCPeerConnection === 'undefined') throw new CaptureError('not_supported');
  if (!knowsACodec()) throw new CaptureError('no_codec');
  const video =
    choice.camera === false
      ? false
      : {
          width: { ideal: 1_280 },
          height: { ideal: 720 },
          frameRate: { ideal: 30, max: 30 },
          ...(choice.cameraId === undefined ? {} : { deviceId: { exact: choice.cameraId } }),
        };
  const audio =
    choice.microphone === false
      ? false
      : {
          echoCancellation: true,
          noiseSuppression: true,
          ...(choice.microphoneId === undefined ? {} : { deviceId: { exact: choice.microphoneId } }),
        };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio });
  } catch (error) {
    throw await captureError(error, choice);
  }
}

/** What the server carries. A browser that does not say what it knows is asked by the offer. */
function knowsACodec(): boolean {
  const codecs = RTCRtpSender.getCapabilities?.('video')?.codecs;
  return codecs === undefined || codecs.some(({ mimeType }) => /^video\/(h264|vp8)$/i.test(mimeType));
}

/** Ends what `capture` began: the camera's light goes out. */
export function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The cameras and microphones there are. */
export async function listDevices(): Promise<CaptureDevices> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const of = (kind: MediaDeviceKind) =>
    all
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map((device) => ({ id: device.deviceId, name: device.label }));
  return { cameras: of('videoinput'), microphones: of('audioinput') };
}

/** Sends a stream to one's own stage, which is live, until stopped; comes back by itself when the line breaks. */
export function publish(handle: string, stream: MediaStream): Publication {
  return new WhipPublication(handle, stream);
}

/** What the socket tells a creator of their own video. */
interface OwnVideo {
  readonly t: string;
  readonly state?: unknown;
  readonly session?: unknown;
}

const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
const BITS_PER_SECOND_MAX = 2_500_000;

class WhipPublication implements Publication {
  readonly #handle: string;
  #stream: MediaStream;
  #state: PublishState = { phase: 'connecting' };
  #connection: RTCPeerConnection | undefined;
  #resource: string | null = null;
  /** The last session that the server agreed to; its name ends the address of its resource. */
  #session: string | null = null;
  #tries = 0;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #lastBytes = { bytes: 0, atMs: 0 };
  readonly #ending = new AbortController();
  readonly #watchers = new Set<(state: PublishState) => void>();
  readonly #leave = () => endExchange(this.#resource);
  readonly #unlisten: () => void;

  constructor(handle: string, stream: MediaStream) {
    this.#handle = handle;
    this.#stream = stream;
    window.addEventListener('pagehide', this.#leave);
    this.#unlisten = line.listen((frame) => this.#hear(frame as unknown as OwnVideo));
    void this.#connect();
  }

  state(): PublishState {
    return this.#state;
  }

  subscribe(hear: (state: PublishState) => void): () => void {
    this.#watchers.add(hear);
    return () => this.#watchers.delete(hear);
  }

  async figures(): Promise<PublishFigures | null> {
    const report = await this.#connection?.getStats();
    let figures: PublishFigures | null = null;
    let roundTripMs: number | null = null;
    let lost = 0;
    report?.forEach((entry) => {
      if (entry.type === 'remote-inbound-rtp' && entry.kind === 'video') {
        roundTripMs = typeof entry.roundTripTime === 'number' ? entry.roundTripTime * 1_000 : null;
        lost = entry.fractionLost ?? 0;
      }
      if (entry.type !== 'outbound-rtp' || entry.kind !== 'video') return;
      const { bytes, atMs } = this.#lastBytes;
      const passedMs = entry.timestamp - atMs;
      this.#lastBytes = { bytes: entry.bytesSent, atMs: entry.timestamp };
      figures = {
        bitsPerSecond: atMs === 0 || passedMs <= 0 ? 0 : ((entry.bytesSent - bytes) * 8_000) / passedMs,
        picturesPerSecond: entry.framesPerSecond ?? 0,
        width: entry.frameWidth ?? 0,
        height: entry.frameHeight ?? 0,
        roundTripMs: null,
        lost: 0,
      };
    });
    return figures === null ? null : { ...(figures as PublishFigures), roundTripMs, lost };
  }

  async replace(stream: MediaStream): Promise<void> {
    this.#stream = stream;
    const connection = this.#connection;
    if (connection === undefined) return;
    const senders = connection.getSenders();
    for (const track of stream.getTracks()) {
      const sender = senders.find((one) => one.track?.kind === track.kind);
      if (sender === undefined) return this.#over();
      if (sender.track !== track) await sender.replaceTrack(track);
    }
  }

  /** A new connection takes the place of this one; viewers go on over what they have. */
  #over(): void {
    const before = this.#connection;
    this.#connection = undefined;
    before?.close();
    this.#resource = null;
    this.#session = null;
    this.#lastBytes = { bytes: 0, atMs: 0 };
    this.#tell({ phase: 'connecting' });
    void this.#connect();
  }

  stop(): void {
    this.#end('You stopped sending.', 'Start again when you like.');
  }

  #hear({ t, state, session }: OwnVideo): void {
    if (t !== 'video.mine' || state !== 'live' || this.#state.phase !== 'live') return;
    if (typeof session === 'string' && session !== this.#session) this.#giveWay();
  }

  /** Another device of the same creator sends now: this one lets it, or the two would take turns for ever. */
  #giveWay(): void {
    this.#end('Another device of yours sends now.', 'Stop it there to send from here.');
  }

  /** Whether the line broke because somebody else took over; what cannot be asked is taken for no. */
  async #isTaken(): Promise<boolean> {
    if (this.#session === null) return false;
    const now = await askVideo(this.#handle).catch(() => null);
    const session = now?.mine?.session ?? null;
    return session !== null && session !== this.#session;
  }

  #end(sentence: string, remedy: string): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    clearTimeout(this.#retrying);
    window.removeEventListener('pagehide', this.#leave);
    this.#unlisten();
    this.#drop();
    this.#tell({ phase: 'ended', sentence, remedy });
  }

  async #connect(): Promise<void> {
    if (await this.#isTaken()) return this.#giveWay();
    if (this.#ending.signal.aborted) return;
    try {
      const connection = new RTCPeerConnection();
      this.#connection = connection;
      for (const track of this.#stream.getTracks()) addTrack(connection, track, this.#stream);
      connection.addEventListener('connectionstatechange', () => {
        if (connection !== this.#connection) return;
        if (connection.connectionState === 'connected') {
          this.#tries = 0;
          this.#tell({ phase: 'live' });
        } else if (['failed', 'disconnected', 'closed'].includes(connection.connectionState)) {
          this.#again('The line to the server broke.');
        }
      });
      const offer = await offerOf(connection);
      const { answer, resource } = await exchange(
        `/v1/stages/${encodeURIComponent(this.#handle)}/whip`,
        offer,
        this.#ending.signal,
      );
      // Another connection has taken its place meanwhile.
      if (connection !== this.#connection) return endExchange(resource);
      this.#resource = resource;
      this.#session = resource?.split('/').at(-1) ?? null;
      await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (error instanceof ExchangeDeclined) {
      const { problem } = error.declined;
      const passing = problem.status === 0 || problem.status === 429 || problem.status >= 500;
      if (!passing) {
        this.#end(problem.detail, problem.remedy);
        return;
      }
      this.#again(problem.detail, error.declined.retryMs ?? undefined);
      return;
    }
    this.#again('The connection could not be made.');
  }

  #again(sentence: string, waitMs?: number): void {
    this.#drop();
    const usual = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)] ?? 8_000;
    const inMs = Math.max(waitMs ?? 0, usual * (0.8 + Math.random() * 0.4));
    this.#tries += 1;
    this.#tell({ phase: 'reconnecting', inMs, sentence });
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => void this.#connect(), inMs);
  }

  #drop(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
    endExchange(this.#resource);
    this.#resource = null;
    this.#lastBytes = { bytes: 0, atMs: 0 };
  }

  #tell(state: PublishState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher(state);
  }
}

function addTrack(connection: RTCPeerConnection, track: MediaStreamTrack, stream: MediaStream): void {
  if (track.kind === 'video') track.contentHint = 'motion';
  const transceiver = connection.addTransceiver(track, {
    direction: 'sendonly',
    streams: [stream],
    ...(track.kind === 'video' ? { sendEncodings: [{ maxBitrate: BITS_PER_SECOND_MAX }] } : {}),
  });
  if (track.kind !== 'video') return;
  preferH264(transceiver);
  const parameters = transceiver.sender.getParameters();
  // A picture that changes its size makes players stumble.
  parameters.degradationPreference = 'maintain-resolution';
  void transceiver.sender.setParameters(parameters).catch(() => {
    // Older browsers do not know it.
  });
}

/** H264 plays everywhere in hardware, constrained baseline most of all; VP8 is what is left. */
function preferH264(transceiver: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities?.('video')?.codecs ?? [];
  const rank = ({ mimeType, sdpFmtpLine = '' }: RTCRtpCodec) => {
    if (mimeType.toLowerCase() !== 'video/h264') return 3;
    if (!sdpFmtpLine.includes('packetization-mode=1')) return 2;
    return /profile-level-id=42e0/i.test(sdpFmtpLine) ? 0 : 1;
  };
  if (codecs.length > 0) transceiver.setCodecPreferences?.([...codecs].sort((a, b) => rank(a) - rank(b)));
}

async function captureError(error: unknown, { camera }: CaptureChoice): Promise<CaptureError> {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return new CaptureError('not_allowed');
  if (name === 'NotReadableError' || name === 'AbortError') return new CaptureError('in_use');
  if (name === 'NotFoundError' || name === 'OverconstrainedError') {
    if (camera === false) return new CaptureError('no_microphone');
    const { cameras } = await listDevices().catch(() => ({ cameras: [] }));
    return new CaptureError(cameras.length === 0 ? 'no_camera' : 'no_microphone');
  }
  return new CaptureError(name === 'TypeError' ? 'not_supported' : 'failed');
}

const FAULTS: Readonly<Record<CaptureFault, readonly [sentence: string, remedy: string]>> = {
  not_secure: [
    'Browsers give the camera only to pages with https.',
    'Open this site with https://, or on this machine as http://localhost.',
  ],
  no_camera: ['No camera was found.', 'Plug one in and try again, or go live with OBS.'],
  no_microphone: ['No microphone was found.', 'Plug one in and try again, or go live without sound for now.'],
  not_allowed: [
    'This site may not use your camera and microphone.',
    'Allow both in your browser, beside the address, and try again.',
  ],
  in_use: [
    'Another program is using the camera or microphone.',
    'Close it there and try again, or choose another one.',
  ],
  not_supported: ['This browser cannot send video.', 'Use a current browser, or go live with OBS.'],
  no_codec: ['This browser can send neither H264 nor VP8.', 'Use a current browser, or go live with OBS.'],
  camera_gone: [
    'The camera was unplugged or switched off.',
    'Plug it in and turn it on again here, or choose another one.',
  ],
  microphone_gone: [
    'The microphone was unplugged or switched off.',
    'Plug it in and choose it again, or choose another one.',
  ],
  failed: ['The camera could not be opened.', 'Try again, or choose another camera.'],
};
