/** A picture as it came, whole. */
export interface Picture {
  /** When it is shown, in ticks that do not begin again. */
  readonly time: number;
  readonly units: readonly Buffer[];
  readonly bytes: number;
  readonly key: boolean;
}

/** A picture with the time at which it is decoded: in the order in which they come, none at the same time. */
export interface OrderedPicture extends Picture {
  readonly decoded: number;
}

const PICTURES_MAX = 900;
const BYTES_MAX = 12 * 1_024 * 1_024;

/**
 * Gives pictures the time at which they are decoded. Most encoders send them as they are shown, and each goes on at once.
 * With B-frames they come in another order: then all pictures up to the next key picture are waited for.
 */
export class PictureOrder {
  #waits = false;
  #waiting: Picture[] = [];
  #bytes = 0;
  #newest = Number.NEGATIVE_INFINITY;

  /** Whether pictures change places. */
  get waits(): boolean {
    return this.#waits;
  }

  /** Takes the next one. `null` = only now it is seen that they change places: begin anew with a key picture. */
  take(picture: Picture): readonly OrderedPicture[] | null {
    if (!this.#waits) {
      if (picture.time > this.#newest) {
        this.#newest = picture.time;
        return [{ ...picture, decoded: picture.time }];
      }
      this.#waits = true;
      return null;
    }
    const ordered = picture.key ? this.#end() : [];
    this.#waiting.push(picture);
    this.#bytes += picture.bytes;
    // An encoder that never sends a key picture again is not waited for.
    if (this.#waiting.length <= PICTURES_MAX && this.#bytes <= BYTES_MAX) return ordered;
    this.clear();
    return null;
  }

  /** Forgets what waits; pictures after the next key picture may be of any time. */
  clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#newest = Number.NEGATIVE_INFINITY;
  }

  /** Another encoder sends. */
  reset(): void {
    this.clear();
    this.#waits = false;
  }

  #end(): readonly OrderedPicture[] {
    const times = this.#waiting.map(({ time }) => time).sort((one, other) => one - other);
    const ordered = this.#waiting.map((picture, index) => ({
      ...picture,
      decoded: times[index] ?? picture.time,
    }));
    this.clear();
    return ordered;
  }
}
