import { type Uuid, uuidFromHex } from '../../core/ids.ts';

/**
 * Ids of an invented town, always the same. The kind is in front; the number stands where no account, leg or reserve of the
 * ledger mixes something in: they change the third group or the last digit.
 */
export const fanId = (place: number): Uuid => idOf('f', place);
export const creatorId = (place: number): Uuid => idOf('c', place);

/** Ids of what happens, one after the other; the last digit is 0, as the legs of gifts and withdrawals need it. */
export class Numbers {
  #last = 0;

  next(): Uuid {
    this.#last += 1;
    return idOf('e', this.#last);
  }
}

function idOf(kind: string, number: number): Uuid {
  return uuidFromHex(`${kind.repeat(8)}00007000800${number.toString(16).padStart(12, '0')}0`);
}
