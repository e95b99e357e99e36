import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerProcess, startServerProcess } from '../../test/server-process.ts';
import { type Answer, hands, type Person, testHouse } from '../../test/test-house.ts';
import { anOperator } from '../../test/town-life.ts';
import {
  availableOf,
  confirm,
  creatorWith,
  quoteFor,
  settledAccount,
  withdraw,
} from '../../test/withdrawal-scene.ts';
import { newId } from '../core/ids.ts';
import { accountId } from '../ledger/index.ts';
import { auditWithdrawals } from './audit-withdrawals.ts';

const site = await testHouse();
const { house, origin, databaseUrl } = site;
const olu = await anOperator(site, 'killolu');
await confirm(olu);

const ROUNDS = 2;
const CREATORS = 3;
const FIRST = 100_000_000n;
const UNITS = 2_000_000n;

const put = (at: string, who: Person, path: string): Promise<Answer | null> =>
  hands(at, who.cookie)
    .request('PUT', path)
    .catch(() => null);
const move = (at: string, id: string, state: string) =>
  put(at, olu, `/v1/console/withdrawals/${id}/${state}`);

// Whatever a killed server had done or not done of a request, a cancellation, a release and a payment: asked again
// elsewhere, each happens once, and every Diamond is somewhere.
test('a server killed in the middle: each withdrawal is asked for, paid or canceled, once', async () => {
  const creators: { person: Person; account: string }[] = [];
  for (let index = 0; index < CREATORS; index += 1) {
    const person = await creatorWith(site, `killcreator${index}`, FIRST);
    const account = await settledAccount(site, person);
    // The first one waits for a day, whoever looks at it.
    const { id } = await withdraw(person, account, UNITS);
    for (const state of ['released', 'sent', 'paid'])
      assert.equal((await move(origin, id, state))?.status, 200);
    creators.push({ person, account });
  }

  const met = { before: 0, lost: 0, never: 0 };
  const paid = creators.map(() => 1n);
  for (let round = 0; round < ROUNDS; round += 1) {
    const asked = await Promise.all(
      creators.map(async ({ person, account }) => {
        const quote = await quoteFor(person, account, UNITS);
        await confirm(person);
        return { person, quoteId: quote.id as string, key: newId() };
      }),
    );
    const victim = await startProcess();
    const request = (at: string, { person, quoteId, key }: (typeof asked)[number]): Promise<Answer | null> =>
      hands(at, person.cookie)
        .post('/v1/me/withdrawals', { quoteId }, key)
        .catch(() => null);
    const first = Promise.all(asked.map((one) => request(victim.origin, one)));
    await sleep(10 + round * 25);
    await victim.kill();
    const answers = await first;
    const again = await Promise.all(asked.map((one) => request(origin, one)));
    const ids = again.map((answer, index) => {
      assert.equal(answer?.status, 201, JSON.stringify(answer?.body));
      const replayed = answer.headers.get('idempotent-replayed') === 'true';
      const before = answers[index];
      if (before?.status === 201) {
        met.before += 1;
        assert.equal(replayed, true, 'what was acknowledged is not lost');
        assert.equal(answer.body.withdrawal.id, before.body.withdrawal.id);
      } else if (replayed) met.lost += 1;
      else met.never += 1;
      return answer.body.withdrawal.id as string;
    });

    // The first creator changes their mind; the others are released and sent.
    const judge = await startProcess();
    const decide = async (at: string) => {
      const [own = '', ...others] = ids;
      const [canceler] = creators;
      assert.ok(canceler !== undefined);
      return Promise.all([
        put(at, canceler.person, `/v1/me/withdrawals/${own}/canceled`),
        ...others.map(async (id) => {
          // Refused where it was sent before.
          await move(at, id, 'released');
          return move(at, id, 'sent');
        }),
      ]);
    };
    const judged = decide(judge.origin);
    await sleep(10 + round * 30);
    await judge.kill();
    await judged;
    for (const [index, answer] of (await decide(origin)).entries()) {
      assert.equal(answer?.status, 200, JSON.stringify(answer?.body));
      if (index > 0) paid[index] = (paid[index] ?? 0n) + 1n;
    }
  }
  assert(met.lost + met.never > 0, 'some requests were not answered by the server that died');

  for (const [index, { person }] of creators.entries()) {
    assert.equal(await availableOf(house, person), FIRST - (paid[index] ?? 0n) * UNITS);
  }
  const redeemed = accountId('platform', 'diamonds_redeemed', 'DIAMOND');
  const account = (await house.ledger.balances([redeemed])).get(redeemed);
  const total = paid.reduce((sum, count) => sum + count, 0n);
  assert.deepEqual([account?.creditsPosted, account?.creditsPending], [total * UNITS, 0n]);
  assert.deepEqual(await auditWithdrawals(house.db), []);
});

function startProcess(): Promise<ServerProcess> {
  return startServerProcess('question-process.ts', [databaseUrl]);
}
