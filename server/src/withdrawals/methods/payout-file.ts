import type { PayoutSenders } from '../../config.ts';
import { type BankCalendar, type Day, isBusinessDay, nextDay } from '../business-days.ts';
import type { AccountDetails } from '../withdrawal.ts';
import { nachaFile } from './nacha.ts';
import { sepaFile } from './sepa.ts';
import { CALENDARS } from './words.ts';

/** A way of payment that goes to a bank as a file. */
export type FileMethod = 'sepa' | 'ach';

/** One payment in a file. */
export interface Payment {
  /** What the receiver's statement shows, `CAR-7Q2M4B8XKD`. */
  readonly reference: string;
  /** Minor units of the file's currency; more than 0. */
  readonly minor: bigint;
  /** As the person wrote it. */
  readonly holder: string;
  readonly details: AccountDetails;
}

export interface FileParts {
  /** From 1, of this method. */
  readonly number: number;
  readonly madeAt: Date;
  /** The day on which the bank is to pay. */
  readonly payOn: Day;
  readonly payments: readonly Payment[];
}

export interface PayoutFile {
  readonly name: string;
  readonly content: Buffer;
  readonly currency: string;
  readonly sumMinor: bigint;
}

/** The file of these payments, or `null` where nobody said from which account to pay. The same parts give the same bytes. */
export function makeFile(method: FileMethod, senders: PayoutSenders, parts: FileParts): PayoutFile | null {
  if (method === 'sepa') return senders.sepa === null ? null : sepaFile(senders.sepa, parts);
  return senders.ach === null ? null : nachaFile(senders.ach, parts);
}

/** The next day after this one on which banks pay by the method: files of today are paid tomorrow at the earliest. */
export function payDay(method: FileMethod, today: Day): Day {
  const calendar: BankCalendar = CALENDARS[method];
  let day = nextDay(today);
  while (!isBusinessDay(calendar, day)) day = nextDay(day);
  return day;
}
