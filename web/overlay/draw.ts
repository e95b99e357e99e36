/** Small means of drawing. Everything that comes from outside is text, never markup. */

type Child = Node | string | null;

/** An element with its class and children. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== '') element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A picture of this site; what cannot be shown leaves no broken sign. */
export function picture(className: string, address: unknown): HTMLImageElement | null {
  if (typeof address !== 'string' || !/^\/art\/[\w/.-]+$/.test(address)) return null;
  const image = el('img', className);
  image.alt = '';
  image.src = address;
  image.onerror = () => image.remove();
  return image;
}

/** The picture of a person, or the sign of somebody who is not named. */
export function face(address: unknown): HTMLElement {
  return el('span', 'face', picture('', address) ?? '★');
}

export function say(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** `12345` → `12,345`. */
export function grouped(digits: unknown): string {
  const text = String(digits ?? '0');
  return /^\d+$/.test(text) ? BigInt(text).toLocaleString('en-US') : '0';
}

export function coinsText(coins: unknown): string {
  return `${grouped(coins)} ${String(coins) === '1' ? 'Coin' : 'Coins'}`;
}

export function digitsOf(value: unknown): bigint {
  const text = String(value ?? '0');
  return /^\d+$/.test(text) ? BigInt(text) : 0n;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The tag of what the creator tries out. */
export function testTag(isTest: boolean): HTMLElement | null {
  return isTest ? el('span', 'test', 'Test') : null;
}

/** Shows something else for a while: each call begins the time anew, and `back` is called when it is over. */
export function forAWhile(
  ms: number,
  back: () => void,
): { begin(): void; readonly isOn: boolean; end(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    get isOn() {
      return timer !== undefined;
    },
    begin() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        back();
      }, ms);
    },
    end() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Moves an element in or out, by what is cheap to draw. */
export function slide(element: Element, way: 'in' | 'out', ms = 320): Animation {
  const away = { opacity: 0, transform: 'translateY(0.9rem) scale(0.97)' };
  const here = { opacity: 1, transform: 'none' };
  return element.animate(way === 'in' ? [away, here] : [here, away], {
    duration: ms,
    easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)',
    fill: 'both',
  });
}
