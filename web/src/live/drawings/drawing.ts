import workerUrl from './drawing-worker.ts?worker&url';
import type { Order, Subject, Wish } from './orders.ts';

/** How long a box that changes its size must rest before it is drawn anew. */
const RESTS_MS = 120;

/**
 * A canvas in a box, filled by a worker. It is drawn anew when the box has another size, and rests while the page is
 * hidden. A browser in which a worker cannot draw shows nothing there; it is only drawn, and the page works without it.
 */
export class Drawing {
  readonly #id = ++last;
  readonly #canvas: HTMLCanvasElement;
  readonly #sizes: ResizeObserver;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fitted = false;

  constructor(box: HTMLElement, subject: Subject) {
    this.#canvas = document.createElement('canvas');
    Object.assign(this.#canvas.style, { display: 'block', width: '100%', height: '100%' });
    box.append(this.#canvas);
    const canvas = this.#canvas.transferControlToOffscreen();
    send({ act: 'begin', id: this.#id, canvas, subject, shown: !document.hidden }, [canvas]);
    // The browser tells the size when it has laid out the page: asked for in between, it would have to do so at once.
    this.#sizes = new ResizeObserver(([seen]) => {
      if (seen === undefined) return;
      const { width, height } = seen.contentRect;
      clearTimeout(this.#timer);
      if (this.#fitted) this.#timer = setTimeout(() => this.#fit(width, height), RESTS_MS);
      else this.#fit(width, height);
    });
    this.#sizes.observe(box);
    document.addEventListener('visibilitychange', this.#show);
  }

  tell(wish: Wish): void {
    send({ act: 'tell', id: this.#id, wish });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#sizes.disconnect();
    document.removeEventListener('visibilitychange', this.#show);
    send({ act: 'end', id: this.#id });
    this.#canvas.remove();
  }

  #fit(width: number, height: number): void {
    if (width === 0 || height === 0) return;
    this.#fitted = true;
    send({ act: 'fit', id: this.#id, width, height, density: window.devicePixelRatio });
  }

  #show = (): void => send({ act: 'show', id: this.#id, shown: !document.hidden });
}

let last = 0;
let worker: Worker | undefined;

function send(order: Order, given: Transferable[] = []): void {
  worker ??= new Worker(trusted(workerUrl), { type: 'module' });
  worker.postMessage(order, given);
}

/** The pages' policy lets no text become a script's address by itself; this one is the build's own. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return url;
  return trustedTypes.createPolicy('carat-drawing', { createScriptURL: () => url }).createScriptURL('');
}

/** https://w3c.github.io/trusted-types/dist/spec/; what of it is used here. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: () => string },
  ): { createScriptURL(text: string): string };
}
