import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { networkOf } from '../http/network.ts';
import { currentPolicy, type Policy } from '../policy/index.ts';
import { ageAt } from './age.ts';
import { newDeviceMark } from './device.ts';
import { isOfficialName, readHandle } from './handle.ts';
import { openPerson } from './open-person.ts';
import { hashPassword } from './password.ts';
import {
  DATE_OF_BIRTH_INVALID,
  DISPLAY_NAME_INVALID,
  EMAIL_INVALID,
  HANDLE_INVALID,
  HANDLE_RESERVED,
  PASSWORD_TOO_WEAK,
  TOO_YOUNG_TO_SIGN_UP,
} from './refusals.ts';
import { dateOfBirthRuleBroken, passwordRuleBroken, readEmail } from './rules.ts';
import { type NewSession, openSession } from './session.ts';
import { cleanText, mixesScripts } from './text.ts';
import { takeTry } from './throttle.ts';

export interface SignUp {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
  readonly handle: string;
  /** `YYYY-MM-DD`. */
  readonly dateOfBirth: string;
  /** The network address that asks. */
  readonly address: string;
}

/**
 * Opens an account and signs the person in.
 *
 * Refusals, in this order: `email_invalid`, `display_name_invalid`, `handle_invalid`, `handle_reserved`,
 * `date_of_birth_invalid`, `too_young_to_sign_up`, `password_too_weak`, `too_many_tries`, `email_taken`, `handle_taken`.
 */
export async function signUp(house: House, asked: SignUp): Promise<NewSession> {
  const nowMs = house.clock.now();
  const policy = await currentPolicy(house.db, nowMs);
  const email = validEmail(asked.email);
  const displayName = validDisplayName(asked.displayName, policy);
  const { handle } = validHandle(asked.handle, policy);
  validDateOfBirth(asked.dateOfBirth, policy, nowMs);
  validPassword(asked.password, policy, [handle, displayName, email, email.split('@')[0] ?? '']);

  // Counted before the answer tells whether the address is taken: nobody can try many.
  const { windowMs, signUpsPerAddressMax } = policy.signIn;
  await takeTry(house.db, 'sign-up', networkOf(asked.address), {
    most: signUpsPerAddressMax,
    windowMs,
    nowMs,
  });
  const passwordHash = await hashPassword(asked.password, house.config.passwordCost);
  const userId = await openPerson(house, {
    email,
    handle,
    displayName,
    dateOfBirth: asked.dateOfBirth,
    passwordHash,
  });
  const session = await house.db.transaction((tx) => openSession(tx, userId, policy, nowMs));
  return { ...session, deviceMark: newDeviceMark(house, passwordHash) };
}

/** The e-mail address as it is kept. Refuses with `email_invalid`. */
export function validEmail(raw: string): string {
  const email = readEmail(raw);
  if (email === null) throw new Refusal(EMAIL_INVALID, {}, '/email');
  return email;
}

/** The name as it is kept. Refuses with `display_name_invalid`. */
export function validDisplayName(raw: string, { people }: Policy): string {
  const clean = cleanText(raw, { lengthMin: 1, lengthMax: people.displayNameLengthMax });
  const refuse = (rule: string) => new Refusal(DISPLAY_NAME_INVALID, { rule }, '/displayName');
  if ('rule' in clean) throw refuse(clean.rule);
  if (mixesScripts(clean.text)) throw refuse('may not mix letters of several scripts in one word');
  if (isOfficialName(clean.text)) throw refuse('may not read as if the site itself spoke');
  return clean.text;
}

/** The handle as it is kept, with its skeleton. Refuses with `handle_invalid` or `handle_reserved`. */
export function validHandle(raw: string, { people }: Policy): { handle: string; skeleton: string } {
  const read = readHandle(raw, { lengthMin: people.handleLengthMin, lengthMax: people.handleLengthMax });
  if ('rule' in read) throw new Refusal(HANDLE_INVALID, { rule: read.rule }, '/handle');
  if ('reserved' in read) throw new Refusal(HANDLE_RESERVED, {}, '/handle');
  return read;
}

/** Refuses with `date_of_birth_invalid` or `too_young_to_sign_up`. */
export function validDateOfBirth(date: string, { people }: Policy, nowMs: number): void {
  const rule = dateOfBirthRuleBroken(date, nowMs, people.ageMax);
  if (rule !== null) throw new Refusal(DATE_OF_BIRTH_INVALID, { rule }, '/dateOfBirth');
  if (ageAt(date, nowMs) < people.signUpAgeMin) {
    throw new Refusal(TOO_YOUNG_TO_SIGN_UP, { years: people.signUpAgeMin }, '/dateOfBirth');
  }
}

/** Refuses with `password_too_weak`. `own` are the person's names, which are no password. */
export function validPassword(
  password: string,
  { people }: Policy,
  own: readonly string[],
  field = '/password',
): void {
  const rule = passwordRuleBroken(password, { lengthMin: people.passwordLengthMin, own });
  if (rule !== null) throw new Refusal(PASSWORD_TOO_WEAK, { rule }, field);
}
