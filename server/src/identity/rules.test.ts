import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPassed, type Check, firstFailed } from '../core/explain.ts';
import { ageAt, birthday, isCalendarDate } from './age.ts';
import {
  buyChecks,
  dateOfBirthRuleBroken,
  earnChecks,
  type Freeze,
  type GatePolicy,
  goLiveChecks,
  passwordRuleBroken,
  readEmail,
  sendChecks,
} from './rules.ts';

for (const [text, is] of [
  ['2000-01-01', true],
  ['2024-02-29', true],
  ['2023-02-29', false],
  ['2100-02-29', false],
  ['2000-02-29', true],
  ['2000-13-01', false],
  ['2000-00-10', false],
  ['2000-04-31', false],
  ['2000-01-00', false],
  ['0000-01-01', false],
  ['2000-1-1', false],
  ['2000-01-01T00:00:00Z', false],
  ['２０００-01-01', false],
  ['٢٠٠٠-01-01', false],
  ['', false],
] as const) {
  test(`${text} ${is ? 'is' : 'is not'} a day of the calendar`, () => {
    assert.equal(isCalendarDate(text), is);
  });
}

for (const [born, at, age] of [
  ['2008-11-22', '2026-11-21T23:59:59.999Z', 17],
  ['2008-11-22', '2026-11-22T00:00:00.000Z', 18],
  ['2008-02-29', '2026-02-28T23:59:59.999Z', 17],
  ['2008-02-29', '2026-03-01T00:00:00.000Z', 18],
  ['2008-02-29', '2028-02-29T00:00:00.000Z', 20],
  ['2008-12-31', '2026-12-30T23:59:59.999Z', 17],
  ['2009-01-01', '2026-12-31T23:59:59.999Z', 17],
  ['2009-01-01', '2027-01-01T00:00:00.000Z', 18],
  ['2026-11-22', '2026-11-22T12:00:00.000Z', 0],
  ['2026-11-23', '2026-11-22T12:00:00.000Z', -1],
  ['1970-01-01', '1970-01-01T00:00:00.000Z', 0],
] as const) {
  test(`born ${born}, at ${at}: ${age}`, () => {
    assert.equal(ageAt(born, Date.parse(at)), age);
  });
}

test('the day of turning 18 is the first day at which the age is 18', () => {
  for (const born of ['2008-11-22', '2008-02-29', '2008-12-31', '2009-01-01', '2010-03-01']) {
    const day = Date.parse(`${birthday(born, 18)}T00:00:00.000Z`);
    assert.equal(ageAt(born, day), 18, born);
    assert.equal(ageAt(born, day - 1), 17, born);
  }
});

const NOW = Date.parse('2026-11-22T12:00:00.000Z');
for (const [date, rule] of [
  ['2013-11-22', null],
  ['1906-11-22', null],
  ['1905-11-22', 'is more than 120 years ago'],
  ['1905-11-23', null],
  ['2026-11-23', 'is in the future'],
  ['2026-11-22', null],
  ['2023-02-29', 'is not a day of the calendar'],
] as const) {
  test(`the date of birth ${date} ${rule ?? 'is possible'}`, () => {
    assert.equal(dateOfBirthRuleBroken(date, NOW, 120), rule);
  });
}

for (const [raw, email] of [
  ['ana@example.com', 'ana@example.com'],
  [' Ana@Example.COM ', 'ana@example.com'],
  ["o'neil+carat@sub.example.co", "o'neil+carat@sub.example.co"],
  ['ana@example', null],
  ['ana@@example.com', null],
  ['ana example@example.com', null],
  ['.ana@example.com', null],
  ['ana..b@example.com', null],
  ['ana@-example.com', null],
  ['ana@example.com\r\nBcc: all@example.com', null],
  ['аna@example.com', null],
  ['ana@exämple.com', null],
  ['@example.com', null],
  [`${'a'.repeat(65)}@example.com`, null],
  [`ana@${'a'.repeat(250)}.com`, null],
  ['', null],
] as const) {
  test(`the e-mail address ${JSON.stringify(raw.slice(0, 40))} is ${email === null ? 'refused' : 'kept'}`, () => {
    assert.equal(readEmail(raw), email);
  });
}

const own = ['mira.sings', 'Mira of the Sea', 'mira@example.com'];
for (const [password, rule] of [
  ['correct horse battery', null],
  ['пароль-для-эфира', null],
  ['👩🏽‍🎤 sings at nine', null],
  ['short', 'needs at least 10 characters'],
  ['123456789', 'needs at least 10 characters'],
  ['👩🏽‍🎤👩🏽‍🎤', 'needs at least 10 characters'],
  ['1234567890', 'is a row of the keyboard or of the alphabet'],
  ['0987654321', 'is a row of the keyboard or of the alphabet'],
  ['abcdefghijkl', 'is a row of the keyboard or of the alphabet'],
  ['qwertyuiop', 'is a row of the keyboard or of the alphabet'],
  ['aaaaaaaaaaaa', 'repeats too few different characters'],
  ['abababababab', 'repeats too few different characters'],
  ['Password1234', 'is one that many people have'],
  ['!!iloveyou!!', 'is one that many people have'],
  ['mira.sings2008', 'is your own name or e-mail address'],
  ['Mira@Example.com', 'is your own name or e-mail address'],
  ['x'.repeat(60) + 'correct horse'.repeat(6), 'may have at most 128 characters'],
  ['half a character \uD83D', 'has half a character in it'],
] as const) {
  test(`the password ${JSON.stringify(password.slice(0, 20))} ${rule ?? 'is good'}`, () => {
    assert.equal(passwordRuleBroken(password, { lengthMin: 10, own }), rule);
  });
}

const until = new Date(NOW + 3_600_000);
const frozen = (gates: Freeze['gates'], end: Date | null = until): Freeze => ({
  gates,
  reason: 'A payment is being looked into.',
  until: end,
  own: false,
});
const policy: GatePolicy = {
  people: { adultAge: 18 },
  goLive: { ageMin: 18, followersMin: 1_000, identityNeeded: false, twoStepSignInNeeded: false },
};
const adult = { dateOfBirth: '2008-11-22', freezes: [], followers: 0 };

test('an adult passes every gate', () => {
  for (const checks of [sendChecks, buyChecks, earnChecks]) {
    assert.equal(allPassed(checks(adult, policy, NOW)), true);
  }
});

test('a break closes buying and giving alone, ends by itself, and is no freeze', () => {
  const facts = {
    ...adult,
    freezes: [
      { ...frozen(['buy', 'send']), own: true },
      { ...frozen(['buy', 'send'], new Date(NOW + 7_200_000)), own: true },
    ],
  };
  for (const checks of [sendChecks, buyChecks]) {
    const failed = firstFailed(checks(facts, policy, NOW));
    assert.deepEqual(
      [failed?.code, failed?.whoCanChange, failed?.earliest],
      ['on_a_break', 'time', new Date(NOW + 7_200_000).toISOString()],
    );
  }
  assert.equal(allPassed(earnChecks(facts, policy, NOW)), true);
});

test('a day before 18 the gate is closed, and says from when on it is open', () => {
  const minor = { dateOfBirth: '2008-11-23', freezes: [], followers: 0 };
  assert.deepEqual(firstFailed(sendChecks(minor, policy, NOW)), {
    code: 'under_age',
    passed: false,
    rule: 'You must be 18 or older to send gifts.',
    have: '17 years',
    need: '18 years',
    remedy: 'You can send gifts from 2026-11-23 on.',
    whoCanChange: 'time',
    earliest: '2026-11-23T00:00:00.000Z',
  });
});

test('without a date of birth that is what is asked first', () => {
  const failed = earnChecks({ dateOfBirth: null, freezes: [], followers: 0 }, policy, NOW).filter(
    (check) => !check.passed,
  );
  assert.deepEqual(
    failed.map((check) => check.code),
    ['age_unknown', 'under_age'],
  );
});

test('a freeze closes its gates only, and several end with the last', () => {
  const later = new Date(NOW + 7_200_000);
  const facts = { ...adult, freezes: [frozen(['send']), frozen(['send', 'buy'], later)] };
  assert.equal(firstFailed(sendChecks(facts, policy, NOW))?.earliest, later.toISOString());
  assert.equal(firstFailed(buyChecks(facts, policy, NOW))?.code, 'account_frozen');
  assert.equal(firstFailed(earnChecks(facts, policy, NOW)), undefined);
  const open = { ...adult, freezes: [frozen(['send']), frozen(['send'], null)] };
  assert.equal(firstFailed(sendChecks(open, policy, NOW))?.earliest, null);
});

const codes = (checks: readonly Check[]) => checks.map(({ code, passed }) => `${passed ? '' : '!'}${code}`);

for (const [facts, failed] of [
  [{ ...adult, followers: 1_000 }, []],
  [{ ...adult, followers: 999 }, ['too_few_followers']],
  [{ ...adult, dateOfBirth: '2008-11-23', followers: 640 }, ['under_age', 'too_few_followers']],
  [{ ...adult, followers: 1_000, freezes: [frozen(['go-live'])] }, ['account_frozen']],
  [{ ...adult, followers: 1_000, freezes: [frozen(['earn'])] }, ['account_frozen']],
  [{ ...adult, followers: 1_000, freezes: [frozen(['send', 'buy'])] }, []],
  [{ ...adult, dateOfBirth: null, followers: 1_000 }, ['age_unknown', 'under_age']],
] as const) {
  test(`going live fails ${failed.join(' and ') || 'nowhere'} with ${JSON.stringify(facts)}`, () => {
    const checks = goLiveChecks(facts, policy, NOW);
    assert.deepEqual(
      checks.filter((check) => !check.passed).map(({ code }) => code),
      failed,
    );
    assert.deepEqual(
      checks.map(({ code }) => code),
      ['age_unknown', 'under_age', 'account_frozen', 'too_few_followers'],
    );
  });
}

test('whoever lacks followers reads how many, how many are needed, and when they are counted again', () => {
  assert.deepEqual(goLiveChecks({ ...adult, followers: 18_412 }, policy, NOW).at(-1), {
    code: 'too_few_followers',
    passed: true,
    rule: 'You need 1,000 followers to go live.',
    have: '18,412 followers',
    need: '1,000 followers',
    remedy: null,
    whoCanChange: 'you',
    earliest: null,
    again: 'Counted anew each time you open this page and when you go live.',
  });
  const one = goLiveChecks({ ...adult, followers: 1 }, policy, NOW).at(-1);
  assert.deepEqual(
    [one?.have, one?.remedy],
    ['1 follower', 'Share your page: whoever follows you there counts.'],
  );
});

test('what a policy asks for besides is said: papers are one’s own to show, a second step is the operator’s', () => {
  const strict = { ...policy, goLive: { ...policy.goLive, identityNeeded: true, twoStepSignInNeeded: true } };
  const checks = goLiveChecks({ ...adult, followers: 1_000 }, strict, NOW);
  assert.deepEqual(codes(checks).slice(-2), ['!identity_unchecked', '!two_step_sign_in_missing']);
  assert.deepEqual(
    checks.slice(-2).map(({ whoCanChange }) => whoCanChange),
    ['you', 'operator'],
  );
  for (const identity of ['none', 'started', 'submitted', 'refused', 'expired', 'approved'] as const) {
    const [check] = goLiveChecks({ ...adult, followers: 1_000, identity }, strict, NOW).slice(-2);
    assert.deepEqual(
      [check?.passed, check?.remedy === null, check?.whoCanChange],
      [identity === 'approved', identity === 'approved', identity === 'submitted' ? 'operator' : 'you'],
      identity,
    );
  }
});
