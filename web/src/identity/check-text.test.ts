import { expect, test } from 'vitest';
import { stampText } from '../ui/dates.ts';
import { checkText } from './check-text.ts';
import type { Check } from './people-api.ts';

const now = new Date(2026, 10, 21);
const AGE_KNOWN: Check = {
  code: 'age_unknown',
  passed: true,
  rule: 'We need your date of birth before you can send gifts.',
  have: '1999-03-12',
  need: 'a date of birth',
  remedy: null,
  whoCanChange: 'you',
  earliest: null,
};
const ADULT: Check = {
  ...AGE_KNOWN,
  code: 'under_age',
  rule: 'You must be 18 or older to send gifts.',
  have: '27 years',
  need: '18 years',
  whoCanChange: 'time',
};

test('what is met is told as it is, and demands nothing', () => {
  const frozen = { ...AGE_KNOWN, code: 'account_frozen', have: 'not frozen', need: 'not frozen' };
  expect([AGE_KNOWN, ADULT, frozen].map((check) => checkText(check, now))).toEqual([
    { title: 'Your date of birth is known', note: '12 Mar 1999' },
    { title: 'You are 18 or older', note: '27 years' },
    { title: 'Your account is in good order', note: 'Not frozen' },
  ]);
});

test('what is not met says what is asked and what it takes', () => {
  const unborn = { ...AGE_KNOWN, passed: false, have: null, remedy: 'Give your date of birth.' };
  expect(checkText(unborn, now)).toEqual({ title: unborn.rule, note: 'Give your date of birth.' });
  const young = { ...ADULT, passed: false, have: '17 years', earliest: '2027-02-01T00:00:00.000Z' };
  expect(checkText(young, now)).toEqual({ title: young.rule, note: 'You are 17. Opens on 1 Feb 2027.' });
});

test('an instant is told in one’s own time, with the reason and what to do', () => {
  const held: Check = {
    ...AGE_KNOWN,
    code: 'withdrawals_on_hold',
    passed: false,
    have: 'We ask the bank',
    remedy: 'You need do nothing.',
    whoCanChange: 'operator',
    earliest: '2026-12-20T00:00:00.000Z',
  };
  const at = stampText(new Date(Date.UTC(2026, 11, 20)), now);
  expect(checkText(held, now).note).toBe(`We ask the bank. You need do nothing. You will know by ${at}.`);
  const young: Check = { ...held, code: 'payout_account_too_new', remedy: 'Wait.', whoCanChange: 'time' };
  expect(checkText(young, now).note).toBe(`Wait. From ${at} on.`);
});

test('a check that this page does not know keeps its own words', () => {
  const other = { ...AGE_KNOWN, code: 'weekly_limit', rule: 'You keep to your weekly limit.', have: null };
  expect(checkText(other, now)).toEqual({ title: 'You keep to your weekly limit.', note: 'Met' });
});
