import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { PictureSide } from '../policy/index.ts';
import { isLatinName, isOneAlphabet } from './names.ts';
import { IDENTITY_CASE_CLOSED, IDENTITY_DETAIL_WRONG } from './refusals.ts';

export const CASE_STATES = [
  'started',
  'submitted',
  'approved',
  'refused',
  'expired',
  'revoked',
  'withdrawn',
  'undecided',
] as const;
export type CaseState = (typeof CASE_STATES)[number];

export const DOCUMENTS = ['passport', 'identity_card', 'driving_licence'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];

/** What a refusal can name as to be mended. */
export const FIELDS = [
  'legalName',
  'latinName',
  'dateOfBirth',
  'country',
  'document',
  'front',
  'back',
  'selfie',
  'other',
] as const;
export type Field = (typeof FIELDS)[number];

export type CaseStep =
  | 'started'
  | 'submitted'
  | 'looked_at'
  | 'approved'
  | 'refused'
  | 'expired'
  | 'erased'
  | 'revoked'
  | 'forgiven'
  | 'sent_back'
  | 'withdrawn'
  | 'undecided'
  | 'listed'
  | 'cleared';

/** One look at who somebody is. */
export interface IdentityCase {
  readonly id: Uuid;
  readonly userId: Uuid;
  readonly number: number;
  readonly state: CaseState;
  readonly since: Date;
  readonly legalName: string;
  /** The same in Latin letters, where the paper's own are others. */
  readonly latinName: string | null;
  /** `YYYY-MM-DD`. */
  readonly dateOfBirth: string;
  readonly country: string;
  readonly document: DocumentKind;
  readonly begunAt: Date;
  readonly field: Field | null;
  readonly reason: string | null;
  /** When its name was last compared with a list of sanctions. */
  readonly comparedAt: Date | null;
  /** Of a refusal: since when it does not count any more. */
  readonly forgivenAt: Date | null;
}

/** What a person says of themselves. */
export interface CaseDetails {
  readonly legalName: string;
  readonly latinName: string | null;
  readonly dateOfBirth: string;
  readonly country: string;
  readonly document: DocumentKind;
}

/** What is said of each state, to stand after "This case is". */
export const STATE_WORDS: Readonly<Record<CaseState, string>> = {
  started: 'begun',
  submitted: 'handed in',
  approved: 'approved',
  refused: 'refused',
  expired: 'over, because nothing was handed in',
  revoked: 'taken back',
  withdrawn: 'taken back by whom it is about',
  undecided: 'over, because nobody decided in time',
};

export const SIDE_WORDS: Readonly<Record<PictureSide, string>> = {
  front: 'the front of your paper',
  back: 'the back of your paper',
  selfie: 'a photo of you holding it',
};

/** Which pictures a paper needs: a passport has its data on one page. */
export function sidesOf(document: DocumentKind, asked: readonly PictureSide[]): PictureSide[] {
  return asked.filter((side) => side !== 'back' || document !== 'passport');
}

const NAME_LENGTH_MAX = 100;

/**
 * What a person says, tidied; or a refusal that names the field. The date of birth is the one they gave to the site. A name
 * in other letters than Latin ones needs its Latin spelling beside it, since that is how banks have it; of one in Latin
 * letters none is kept.
 */
export function readDetails(given: CaseDetails, known: { readonly dateOfBirth: string | null }): CaseDetails {
  const legalName = readName(given.legalName, 'legalName', 'name');
  const isLatin = isLatinName(legalName);
  const latin = isLatin ? null : readName(given.latinName ?? '', 'latinName', 'name in Latin letters');
  if (latin !== null && !isLatinName(latin)) {
    throw wrong('latinName', 'name in Latin letters', 'has other letters than Latin ones');
  }
  if (given.dateOfBirth !== known.dateOfBirth) {
    throw wrong('dateOfBirth', 'date of birth', 'is not the one that you gave to this site');
  }
  return { ...given, legalName, latinName: latin };
}

function readName(given: string, field: Field, what: string): string {
  const name = given.normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
  const letters = [...name].filter((letter) => /\p{L}/u.test(letter)).length;
  if (letters < 2) throw wrong(field, what, 'has too few letters');
  if (name.length > NAME_LENGTH_MAX)
    throw wrong(field, what, `may have at most ${NAME_LENGTH_MAX} characters`);
  if (/[\p{C}\d<>]/u.test(name)) throw wrong(field, what, 'has characters that no name has');
  if (!isOneAlphabet(name)) throw wrong(field, what, 'has letters of two alphabets');
  return name;
}

/** Refuses with `identity_case_closed` unless the case stands so. */
export function requireState(found: Pick<IdentityCase, 'state'>, state: CaseState): void {
  if (found.state !== state) throw new Refusal(IDENTITY_CASE_CLOSED, { state: STATE_WORDS[found.state] });
}

function wrong(field: Field, what: string, rule: string): Refusal {
  return new Refusal(IDENTITY_DETAIL_WRONG, { what, rule }, `/${field}`);
}
