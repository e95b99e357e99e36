import {
  type CaptureChoice,
  type CaptureDevices,
  CaptureError,
  capture,
  listDevices,
  release,
} from './publish.ts';

/** The camera and microphone of this device as pages show them. */
export interface OwnCameraView {
  readonly phase: 'off' | 'asking' | 'on';
  /** What is sent and shown: the camera, or a card while it is off; the sound beside it. */
  readonly stream: MediaStream | null;
  readonly hasPicture: boolean;
  readonly hasSound: boolean;
  readonly isMuted: boolean;
  readonly cameraId: string;
  readonly microphoneId: string;
  readonly devices: CaptureDevices;
  /** Why something is missing. */
  readonly fault: CaptureError | null;
}

const NO_DEVICES: CaptureDevices = { cameras: [], microphones: [] };
const OFF: OwnCameraView = {
  phase: 'off',
  stream: null,
  hasPicture: false,
  hasSound: false,
  isMuted: false,
  cameraId: '',
  microphoneId: '',
  devices: NO_DEVICES,
  fault: null,
};
const KEPT = 'carat.devices';

/**
 * The one camera of this page, which outlives the views that show it: going live takes a creator from one page to
 * another and the picture goes on. Whoever opened it closes it, and then its light goes out.
 */
class OwnCamera {
  #view: OwnCameraView = OFF;
  #picture: MediaStreamTrack | null = null;
  #card: Card | null = null;
  #sound: MediaStreamTrack | null = null;
  /** Grow with every wish, so that an answer to an older one is put away. */
  readonly #wishes = { picture: 0, sound: 0 };
  readonly #watchers = new Set<() => void>();

  view = (): OwnCameraView => this.#view;

  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Turns both on; without a microphone the picture alone, where that is asked for. */
  async open({ microphone = true }: { readonly microphone?: boolean } = {}): Promise<void> {
    const wish = this.#newWish('picture');
    this.#newWish('sound');
    this.#letGo();
    this.#set({ ...OFF, phase: 'asking', devices: this.#view.devices });
    navigator.mediaDevices?.addEventListener?.('devicechange', this.#look);
    try {
      const stream = await capture({ ...(await this.#remembered()), microphone });
      if (wish !== this.#wishes.picture) return release(stream);
      this.#take(stream);
      this.#changed({ phase: 'on', fault: null });
      await this.#look();
    } catch (error) {
      if (wish === this.#wishes.picture)
        this.#set({ ...OFF, devices: this.#view.devices, fault: faultOf(error) });
    }
  }

  /** The light goes out. */
  close(): void {
    this.#newWish('picture');
    this.#newWish('sound');
    this.#letGo();
    navigator.mediaDevices?.removeEventListener?.('devicechange', this.#look);
    this.#set(OFF);
  }

  /** Another camera, or the same one again after it was off. */
  async choosePicture(cameraId?: string): Promise<void> {
    this.#card ??= this.#drawCard();
    // Telephones open one camera at a time.
    stop(this.#picture);
    this.#picture = null;
    await this.#add('picture', { ...(cameraId ? { cameraId } : {}), microphone: false });
  }

  async chooseSound(microphoneId?: string): Promise<void> {
    stop(this.#sound);
    this.#sound = null;
    await this.#add('sound', { ...(microphoneId ? { microphoneId } : {}), camera: false });
    this.mute(this.#view.isMuted);
  }

  /** Turns the camera off; its light goes out and a card is shown in its place. */
  hide(): void {
    this.#newWish('picture');
    this.#card ??= this.#drawCard();
    stop(this.#picture);
    this.#picture = null;
    this.#changed({ fault: null });
  }

  mute(isMuted: boolean): void {
    if (this.#sound !== null) this.#sound.enabled = !isMuted;
    this.#set({ ...this.#view, isMuted });
  }

  /** Adds one of the two to what is open, unless something else of its kind is wished meanwhile. */
  async #add(kind: 'picture' | 'sound', choice: CaptureChoice): Promise<void> {
    const wish = this.#newWish(kind);
    this.#changed({});
    try {
      const stream = await capture(choice);
      if (wish !== this.#wishes[kind]) return release(stream);
      this.#take(stream);
      this.#changed({ fault: null });
      await this.#look();
    } catch (error) {
      if (wish === this.#wishes[kind]) this.#changed({ fault: faultOf(error) });
    }
  }

  #newWish(kind: 'picture' | 'sound'): number {
    this.#wishes[kind] += 1;
    return this.#wishes[kind];
  }

  #drawCard(): Card {
    const { width, height } = this.#picture?.getSettings() ?? {};
    return drawCard(width ?? 1_280, height ?? 720);
  }

  #take(stream: MediaStream): void {
    for (const track of stream.getTracks()) {
      if (track.kind === 'video') {
        stop(this.#picture);
        this.#picture = track;
        this.#card?.stop();
        this.#card = null;
        track.addEventListener('ended', () => this.#gone(track, 'camera_gone'));
      } else {
        stop(this.#sound);
        this.#sound = track;
        track.addEventListener('ended', () => this.#gone(track, 'microphone_gone'));
      }
    }
  }

  /** Unplugged, or the permission was taken back. */
  #gone(track: MediaStreamTrack, fault: 'camera_gone' | 'microphone_gone'): void {
    if (track !== this.#picture && track !== this.#sound) return;
    if (track === this.#picture) this.hide();
    else this.#sound = null;
    this.#changed({ fault: new CaptureError(fault) });
  }

  #changed(change: Partial<OwnCameraView>): void {
    const tracks = [this.#picture ?? this.#card?.track ?? null, this.#sound].filter(
      (track) => track !== null,
    );
    const cameraId = this.#picture?.getSettings().deviceId ?? this.#view.cameraId;
    const microphoneId = this.#sound?.getSettings().deviceId ?? this.#view.microphoneId;
    if (this.#picture !== null) remember({ cameraId, microphoneId });
    this.#set({
      ...this.#view,
      ...change,
      stream: tracks.length === 0 ? null : new MediaStream(tracks),
      hasPicture: this.#picture !== null,
      hasSound: this.#sound !== null,
      cameraId,
      microphoneId,
    });
  }

  #look = async (): Promise<void> => {
    const devices = await listDevices().catch(() => NO_DEVICES);
    if (this.#view.phase !== 'off') this.#set({ ...this.#view, devices });
  };

  #letGo(): void {
    const [picture, sound] = [this.#picture, this.#sound];
    this.#picture = null;
    this.#sound = null;
    stop(picture);
    stop(sound);
    this.#card?.stop();
    this.#card = null;
  }

  /** What was used last, as far as it is still there. */
  async #remembered(): Promise<{ readonly cameraId?: string; readonly microphoneId?: string }> {
    const kept = recall();
    const { cameras, microphones } = await listDevices().catch(() => NO_DEVICES);
    return {
      ...(cameras.some(({ id }) => id === kept.cameraId) ? { cameraId: kept.cameraId } : {}),
      ...(microphones.some(({ id }) => id === kept.microphoneId) ? { microphoneId: kept.microphoneId } : {}),
    };
  }

  #set(view: OwnCameraView): void {
    this.#view = view;
    for (const watcher of [...this.#watchers]) watcher();
  }
}

export const ownCamera = new OwnCamera();

function faultOf(error: unknown): CaptureError {
  return error instanceof CaptureError ? error : new CaptureError('failed');
}

function stop(track: MediaStreamTrack | null): void {
  track?.stop();
}

interface Devices {
  readonly cameraId: string;
  readonly microphoneId: string;
}

function remember(devices: Devices): void {
  localStorage.setItem(KEPT, JSON.stringify(devices));
}

function recall(): Devices {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Devices>;
    return { cameraId: String(kept.cameraId ?? ''), microphoneId: String(kept.microphoneId ?? '') };
  } catch {
    return { cameraId: '', microphoneId: '' };
  }
}

/** A quiet picture that is sent while the camera is off, in the camera's own size. */
interface Card {
  readonly track: MediaStreamTrack;
  stop(): void;
}

const CARD_EVERY_MS = 500;

function drawCard(width: number, height: number): Card {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d');
  const draw = () => {
    if (pen === null) return;
    pen.fillStyle = '#15101f';
    pen.fillRect(0, 0, width, height);
    pen.fillStyle = '#cfc8dc';
    pen.font = `600 ${Math.round(height / 14)}px system-ui, sans-serif`;
    pen.textAlign = 'center';
    pen.fillText('Camera is off', width / 2, height / 2);
  };
  draw();
  const [track] = canvas.captureStream(4).getVideoTracks();
  if (track === undefined) throw new CaptureError('not_supported');
  // A canvas that nobody draws on sends nothing.
  const drawing = setInterval(draw, CARD_EVERY_MS);
  return {
    track,
    stop() {
      clearInterval(drawing);
      track.stop();
    },
  };
}
