/** What a page tells the worker that draws its canvases. `id` names one drawing. */
export type Order =
  | {
      readonly act: 'begin';
      readonly id: number;
      readonly canvas: OffscreenCanvas;
      readonly subject: Subject;
      readonly shown: boolean;
    }
  /** CSS pixels of its box, and how many of the screen's there are to one. */
  | {
      readonly act: 'fit';
      readonly id: number;
      readonly width: number;
      readonly height: number;
      readonly density: number;
    }
  /** Whether the page can be seen. */
  | { readonly act: 'show'; readonly id: number; readonly shown: boolean }
  | { readonly act: 'tell'; readonly id: number; readonly wish: Wish }
  | { readonly act: 'end'; readonly id: number };

/** What is drawn. */
export type Subject =
  | { readonly of: 'scene'; readonly scene: string; readonly still: boolean }
  | { readonly of: 'particles' };

/** What a drawing is asked to do; places in CSS pixels of its box. */
export type Wish =
  /** Of a scene: one picture instead of a film. */
  | { readonly wish: 'still'; readonly still: boolean }
  /** Cut stones thrown from a point, falling. */
  | {
      readonly wish: 'burst';
      readonly x: number;
      readonly y: number;
      readonly count: number;
      readonly power: number;
      readonly hue: number | null;
    }
  /** Short bright sparks round a point. */
  | {
      readonly wish: 'sparks';
      readonly x: number;
      readonly y: number;
      readonly count: number;
      readonly hue: number;
    }
  /** A heart that rises. */
  | { readonly wish: 'heart'; readonly x: number; readonly y: number }
  | { readonly wish: 'clear' };

/** Draws one subject on one canvas. */
export interface Artist {
  fit(width: number, height: number, density: number): void;
  show(shown: boolean): void;
  tell(wish: Wish): void;
  stop(): void;
}
