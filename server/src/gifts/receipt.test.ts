import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeStage, GIFT_SLICES, giveCoins, publicStage } from '../../test/gift-scene.ts';
import { type Person, testHouse } from '../../test/test-house.ts';
import { until } from '../../test/until.ts';
import { DAY_MS, testClock } from '../core/clock.ts';
import { newId, parsePublicId, publicId, type Uuid } from '../core/ids.ts';
import { changeRole } from '../identity/index.ts';
import { type Transfer, TransferCodes } from '../ledger/index.ts';
import { describeAll } from '../wallet/describe.ts';
import { coinTransferId, diamondTransferId } from './gift-ids.ts';
import { matureGifts } from './mature.ts';

const clock = testClock(Date.UTC(2026, 10, 22, 12));
const { house, person } = await testHouse({ slices: GIFT_SLICES, clock });
const [ana, mira, ben, sue] = [
  await person('anagives', { displayName: 'Ana' }),
  await person('miraplays', { displayName: 'Mira' }),
  await person('benlooks', { displayName: 'Ben' }),
  await person('suehelps', { displayName: 'Sue' }),
];
const idOf = (who: Person): Uuid => parsePublicId('user', who.id) ?? '';
await changeRole(house, { userId: idOf(sue), role: 'support', granted: true, reason: 'helps', byUser: null });
// A new role ends the sessions from before it.
await sue.post('/v1/sign-in', { email: 'suehelps@people.example', password: 'a long enough pass phrase' });
const stage = changeStage({
  stageId: newId(),
  creatorId: idOf(mira),
  live: true,
  sessionId: newId(),
  giftsOn: true,
  giftsOffReason: null,
});
await giveCoins(house, idOf(ana), 100n);
const sentAt = clock.now();
const answer = await ana.post(
  '/v1/gifts',
  { stageId: publicStage(stage), giftId: 'rose', quantity: 12 },
  newId(),
);
assert.equal(answer.status, 201, JSON.stringify(answer.body));
const giftId: string = answer.body.gift.id;
const id = parsePublicId('gift', giftId) ?? '';

test('sender, receiver and support see a gift; everybody else is told that there is nothing', async () => {
  for (const [who, status] of [
    [ana, 200],
    [mira, 200],
    [sue, 200],
    [ben, 404],
  ] as const) {
    assert.equal((await who.get(`/v1/gifts/${giftId}`)).status, status, who.handle);
  }
  for (const wrong of [publicId('gift', newId()), 'gift_1', giftId.toUpperCase(), id]) {
    assert.equal((await ana.get(`/v1/gifts/${wrong}`)).status, 404, wrong);
  }
});

test('it tells each step with its time, and how its numbers were made', async () => {
  const receipt = await shown();
  assert.deepEqual(
    receipt.steps.map(({ step, at, expected }: { step: string; at: string | null; expected?: string }) => [
      step,
      at,
      expected,
    ]),
    [
      ['requested', iso(sentAt), undefined],
      ['debited', iso(sentAt), undefined],
      ['shown', iso(sentAt), undefined],
      ['pending', iso(sentAt), undefined],
      ['available', null, iso(sentAt + 7 * DAY_MS)],
    ],
  );
  assert.equal(receipt.status, 'pending');
  assert.deepEqual(
    [receipt.coins.display, receipt.money.display, receipt.diamonds.display, receipt.quantity],
    ['12 Coins', '$0.17', '6 Diamonds', 12],
  );
  assert.deepEqual(
    [receipt.sender.displayName, receipt.receiver.displayName, receipt.gift.name, receipt.streak],
    ['Ana', 'Mira', 'Rose', null],
  );
  assert.deepEqual(
    receipt.transfers.map((one: { id: string; amount: { display: string }; from: string; to: string }) => [
      one.id,
      one.amount.display,
      one.from,
      one.to,
    ]),
    [
      [publicId('tx', coinTransferId(id)), '12 Coins', 'Ana: Coins', 'Carat: Coins spent'],
      [
        publicId('tx', diamondTransferId(id)),
        '6 Diamonds',
        'Carat: Diamonds issued',
        'Mira: pending Diamonds',
      ],
    ],
  );
  assert.deepEqual(
    receipt.how.map(({ label }: { label: string }) => label),
    ['Price', 'The fan paid', 'Payment provider', 'Platform', 'Creator', 'Diamonds'],
  );
  assert.deepEqual([receipt.policyVersion, receipt.rateVersion], [1, 1]);
});

test('the wallet reads what the legs were, as each side sees it', async () => {
  const legs: [Uuid, number][] = [
    [coinTransferId(id), TransferCodes.gift],
    [diamondTransferId(id), TransferCodes.gift_earned],
  ];
  const said = async () =>
    Promise.all(
      legs.map(async ([leg, code]) => {
        const described = await describeAll(house.db, [{ id: leg, code } as Transfer]);
        const entry = described.get(leg);
        return [entry?.title, entry?.status, entry?.link?.id];
      }),
    );
  assert.deepEqual(await said(), [
    ['Rose ×12 to Mira', 'settled', giftId],
    ['Rose ×12 from Ana', 'pending', giftId],
  ]);
  clock.advance(7 * DAY_MS);
  await matureGifts(house);
  assert.deepEqual((await said())[1], ['Rose ×12 from Ana', 'settled', giftId]);
  const [maturity] = await house.db.query<{ id: Uuid }>('select transfer_id as id from gift_maturities');
  assert(maturity !== undefined);
  const transfer = { id: maturity.id, code: TransferCodes.maturity, userData32: 1 } as Transfer;
  const described = await describeAll(house.db, [transfer]);
  assert.equal(described.get(maturity.id)?.detail, 'From 1 earning that matured');
});

/** The gift as its receiver sees it, once the stage was told. */
async function shown() {
  const answer = await until(
    'the stage was told',
    () => mira.get(`/v1/gifts/${giftId}`),
    ({ body }) => body.gift.status !== 'debited',
  );
  return answer.body.gift;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
