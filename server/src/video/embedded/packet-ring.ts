/** A packet as it goes to viewers; its payload type is set for each of them. */
export interface KeptPacket {
  /** Numbered without beginning again. */
  readonly sequence: number;
  readonly timestamp: number;
  /** Which picture of the room it belongs to, counted. */
  readonly picture: number;
  readonly packet: Buffer;
}

/** The last packets of one track, shared by all viewers: for what they lost, and for who joins. Bounded in number and bytes. */
export class PacketRing {
  readonly #slots: (KeptPacket | undefined)[];
  readonly #bytesMax: number;
  #bytes = 0;
  #oldest = 0;
  #newest = -1;

  constructor(packetsMax: number, bytesMax: number) {
    this.#slots = new Array(packetsMax);
    this.#bytesMax = bytesMax;
  }

  /** How many packets are kept at most. */
  get size(): number {
    return this.#slots.length;
  }

  put(kept: KeptPacket): void {
    if (this.#newest < 0) this.#oldest = kept.sequence;
    // Older than all that is kept: nobody waits for it.
    if (kept.sequence < this.#oldest) return;
    this.#newest = Math.max(this.#newest, kept.sequence);
    while (this.#newest - this.#oldest >= this.#slots.length) this.#dropOldest();
    const place = kept.sequence % this.#slots.length;
    this.#bytes += kept.packet.length - (this.#slots[place]?.packet.length ?? 0);
    this.#slots[place] = kept;
    while (this.#bytes > this.#bytesMax && this.#oldest < this.#newest) this.#dropOldest();
  }

  get(sequence: number): KeptPacket | undefined {
    const kept = this.#slots[sequence % this.#slots.length];
    return kept?.sequence === sequence ? kept : undefined;
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#bytes = 0;
    this.#newest = -1;
  }

  #dropOldest(): void {
    const place = this.#oldest % this.#slots.length;
    const kept = this.#slots[place];
    if (kept?.sequence === this.#oldest) {
      this.#bytes -= kept.packet.length;
      this.#slots[place] = undefined;
    }
    this.#oldest += 1;
  }
}
