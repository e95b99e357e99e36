import { PERSON_CHANGED } from '../api/session.ts';
import { line } from '../realtime/socket.ts';
import { ownCamera } from './own-camera.ts';
import { type Publication, type PublishFigures, type PublishState, publish } from './publish.ts';

/** What this page sends to a stage, or sent last. */
export interface OnAirView {
  readonly handle: string;
  readonly state: PublishState;
}

const BEFORE_RELOAD = 'carat.on-air';

/**
 * What this page sends. It belongs to no view: going from one page to another within the site does not end it. It ends
 * with the live, when somebody else sends, on signing out, and when the site is left, which is asked about first.
 */
class OnAir {
  #view: OnAirView | null = null;
  #publication: Publication | null = null;
  #stop: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();

  view = (): OnAirView | null => this.#view;

  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Whether the camera belongs to a live now. */
  isOn(): boolean {
    return this.#publication !== null;
  }

  /** Whether this tab sent to that stage before it was loaded anew. */
  wasOn(handle: string): boolean {
    return sessionStorage.getItem(BEFORE_RELOAD) === handle;
  }

  /** Sends the open camera to one's own stage, which is live. */
  begin(handle: string): void {
    const { stream } = ownCamera.view();
    if (stream === null) return;
    this.#drop();
    const publication = publish(handle, stream);
    this.#publication = publication;
    sessionStorage.setItem(BEFORE_RELOAD, handle);
    this.#stop = [
      publication.subscribe((state) => this.#heard(handle, state)),
      ownCamera.subscribe(() => {
        const now = ownCamera.view().stream;
        if (now !== null) void publication.replace(now);
      }),
      line.listen((frame) => {
        if (frame.t === 'stage' && frame.stage === handle && frame.live === false) {
          this.end({ sentence: 'The live is over.', remedy: 'Your camera is off.' });
        }
      }),
      listen('beforeunload', (event) => event.preventDefault()),
      listen(PERSON_CHANGED, () => this.end()),
    ];
    this.#set({ handle, state: publication.state() });
  }

  /** Stops sending and turns the camera off. */
  end(why?: { readonly sentence: string; readonly remedy: string }): void {
    const handle = this.#view?.handle;
    this.#drop();
    ownCamera.close();
    sessionStorage.removeItem(BEFORE_RELOAD);
    this.#set(
      why === undefined || handle === undefined ? null : { handle, state: { phase: 'ended', ...why } },
    );
  }

  figures(): Promise<PublishFigures | null> {
    return this.#publication?.figures() ?? Promise.resolve(null);
  }

  #heard(handle: string, state: PublishState): void {
    if (state.phase === 'ended') this.end(state);
    else this.#set({ handle, state });
  }

  #drop(): void {
    for (const stop of this.#stop.splice(0)) stop();
    this.#publication?.stop();
    this.#publication = null;
  }

  #set(view: OnAirView | null): void {
    this.#view = view;
    for (const watcher of [...this.#watchers]) watcher();
  }
}

export const onAir = new OnAir();

function listen(type: string, hear: (event: Event) => void): () => void {
  window.addEventListener(type, hear);
  return () => window.removeEventListener(type, hear);
}
