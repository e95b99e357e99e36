import { setTimeout as pause } from 'node:timers/promises';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { type Random, random } from '../../src/core/random.ts';
import { becomeRole } from '../../src/identity/change-role.ts';
import { adoptPolicy } from '../../src/policy/index.ts';
import { policyVersions } from '../../src/policy/store.ts';
import { type Fault, orderFault } from '../../src/sandbox/faults.ts';
import * as banks from './banks.ts';
import * as creators from './creators.ts';
import * as fans from './fans.ts';
import * as office from './office.ts';
import { Platform } from './platform.ts';
import { BEGIN_MS, type Size, Story } from './story.ts';

/** What people do at the same time. */
const AT_ONCE = 6;

/** Lives the story that a seed makes. Everybody acts through the API alone; what companies do, they do in their books. */
export async function liveMonth(
  seed: number,
  size: Size,
  tell: (line: string) => void = () => {},
): Promise<Story> {
  const platform = await Platform.open(BEGIN_MS);
  const story = new Story(platform, random(seed), seed, size);
  await comeTogether(story);
  const killDays = new Set(Array.from({ length: size.kills }, (_, at) => killDay(size, at)));
  for (let day = 1; day <= size.days; day += 1) {
    await liveDay(story, day, killDays.has(day));
    tell(`day ${day}: ${story.acts} acts, ${story.given.length} gifts, ${story.wrong.length} wrong answers`);
  }
  return story;
}

/** Evenly over the story: 1 of 2 in its first half, and so on. */
function killDay({ days, kills }: Size, at: number): number {
  return Math.max(1, Math.round((days * (at + 1)) / (kills + 1)));
}

/** The site's own terms: two operators for less than usual, and payouts of little, so that a short story has all of it. */
async function adoptTerms({ platform, size }: Story): Promise<void> {
  const last = (await policyVersions(platform.db)).at(-1);
  if (last === undefined) throw new Error('there is no policy');
  const { document } = last;
  await adoptPolicy(platform.db, {
    preset: last.preset,
    document: {
      ...document,
      diamonds: { ...document.diamonds, maturityDays: size.maturityDays },
      withdrawals: { ...document.withdrawals, minDiamonds: 150 },
      refunds: { ...document.refunds, secondOperatorFromCents: 3_000 },
      payouts: { ...document.payouts, secondOperatorFromCents: 2_500 },
    },
    effectiveFrom: new Date(platform.now()),
    author: null,
    reason: 'A story has little time.',
    nowMs: platform.now(),
  });
}

async function comeTogether(story: Story): Promise<void> {
  const { platform, size } = story;
  await adoptTerms(story);
  for (const handle of ['olu', 'per']) {
    const operator = await platform.person(handle);
    const role = { role: 'operator', granted: true, byUser: null, reason: 'Runs the site.' } as const;
    await platform.db.transaction((tx) =>
      becomeRole(tx, { ...role, userId: operator.uuid, nowMs: platform.now() }),
    );
    story.operators.push(operator);
  }
  for (let index = 0; index < size.creators; index += 1) {
    const creator = await platform.person(`creator${index}`);
    const stageId = await creators.goLive(story, creator);
    const account = await creators.addAccount(story, creator, index);
    story.stages.push({ creator, stageId, account });
  }
  for (let index = 0; index < size.fans; index += 1) {
    // More would be too many from one address within some minutes.
    if (index % 40 === 39) await platform.turnTo(platform.now() + 20 * MINUTE_MS);
    story.fans.push(await platform.person(`fan${index}`));
  }
  const [fan] = story.fans;
  const shown = await fan?.get('/v1/gifts/catalogue');
  for (const { id, price, streakable } of shown?.body.gifts ?? []) {
    story.catalogue.push({ id, coins: BigInt(price.units), streakable });
  }
  const packs = await fan?.get('/v1/coin-packs');
  for (const { id, coins } of packs?.body.packs ?? [])
    if (BigInt(coins.units) <= 7_000n) story.packs.push(id);
  // Nobody comes with nothing.
  for (const someone of [...story.fans, ...story.fans]) {
    await fans.buy(story, someone, random(story.random.below(2 ** 31)));
  }
}

async function liveDay(story: Story, day: number, kills: boolean): Promise<void> {
  const { platform, size, seed } = story;
  // Of the day alone: how much another day took of the dice changes nothing here.
  const dice = random(seed + day * 7_919);
  const morningMs = Date.UTC(2026, 10, day, 6);
  if (morningMs > platform.now()) await platform.turnTo(morningMs);
  await troubleToday(story, day, dice);
  if (day === 3) await office.announceRate(story, '13.20', platform.now() + 9 * DAY_MS);
  const killHour = kills ? dice.below(size.hours) : -1;
  for (let hour = 0; hour < size.hours; hour += 1) {
    await liveHour(story, hour === killHour, dice);
    await platform.turnTo(platform.now() + Math.floor((16 * HOUR_MS) / size.hours));
  }
  await officeDay(story, day, random(seed + day * 104_729));
  await closeDay(story, day);
}

/** Things that people do, a few at a time, each by dice of its own: who is quicker changes nobody's mind. */
async function liveHour(story: Story, kill: boolean, dice: Random): Promise<void> {
  const { size, platform } = story;
  const acts = Array.from({ length: size.actsAnHour }, () => ({
    at: dice.below(100),
    own: dice.below(2 ** 31),
  }));
  const killAt = kill ? Math.floor(acts.length / 2) : -1;
  let next = 0;
  let killing: Promise<void> | undefined;
  const worker = async () => {
    for (let index = next++; index < acts.length; index = next++) {
      if (index === killAt) killing = platform.killAndStart();
      const { at, own } = acts[index] ?? { at: 0, own: 0 };
      story.acts += 1;
      await actOf(story, at, random(own));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await killing;
}

function actOf(story: Story, at: number, dice: Random): Promise<void> {
  const fan = dice.pick(story.fans);
  const stage = dice.pickHot(story.stages);
  if (at < 24) return fans.buy(story, fan, dice);
  if (at < 68) return fans.give(story, fan, dice);
  if (at < 74) return fans.ask(story, fan, dice);
  if (at < 79) return creators.answerOne(story, stage, dice);
  if (at < 83) return fans.askBack(story, fan, dice);
  if (at < 85) return office.supportRefund(story, dice);
  if (at < 86) return banks.openDispute(story, dice);
  if (at < 87) return banks.refundThere(story, dice);
  if (at < 88) return fans.cancelOrder(story, dice);
  if (at < 90) return fans.comeBack(story, dice);
  if (at < 99) return creators.withdraw(story, dice.pick(story.stages), dice);
  return creators.cancelWithdrawal(story, dice.pick(story.stages));
}

async function officeDay(story: Story, day: number, dice: Random): Promise<void> {
  // Payday.
  if (day % 2 === 0) {
    for (const stage of story.stages) await creators.withdraw(story, stage, dice);
  }
  await office.payoutsDesk(story, dice);
  await office.refundsDesk(story, dice);
  await office.parkedDesk(story, dice);
  await office.approvalsDesk(story, dice);
  await office.bankNews(story, dice, false);
  for (const stage of story.stages) await creators.answerPaypal(story, stage, dice, false);
  await banks.decideDisputes(story, dice, false);
  if (day % 2 === 0) await office.pardonDesk(story);
  if (day % 10 === 5) await office.freeze(story, dice.pick(story.fans).handle, ['buy', 'send']);
  if (day % 10 === 8) await office.freeze(story, dice.pick(story.stages).creator.handle, ['withdraw']);
}

/** The rare jobs have their turn after midnight, and nobody has less than nothing. */
async function closeDay(story: Story, day: number): Promise<void> {
  const { platform } = story;
  const midnightMs = Date.UTC(2026, 10, day + 1, 0, 5);
  if (midnightMs > platform.now()) await platform.turnTo(midnightMs);
  await platform.rareJobs();
  const below = await platform.db.query<{ id: string }>(
    `select id from ledger_accounts
      where code between 1 and 5 and credits_posted - debits_posted - debits_pending < 0`,
  );
  for (const { id } of below) story.wrong.push(`account ${id} is below zero on day ${day}`);
  await lookAfterForms(story);
}

/** Forms at Stripe that could not be opened are opened now. */
async function lookAfterForms(story: Story): Promise<void> {
  for (const { creator, account } of story.stages) {
    if (account?.method !== 'stripe') continue;
    await creators.finishForm(story, creator, account.id);
  }
}

const CALL_TROUBLES: readonly Fault[] = [
  'drop_before',
  'drop_after',
  'error_after',
  'unavailable',
  'rate_limited',
];
const NEWS_TROUBLES: readonly (readonly [Fault, number])[] = [
  ['held', 0],
  ['late', 3 * HOUR_MS],
  ['duplicated', 0],
  ['reordered', 0],
];

/** Each day another weather: a share of all calls and of all webhooks goes wrong. */
async function troubleToday(story: Story, day: number, dice: Random): Promise<void> {
  const { size, platform, seed } = story;
  if (size.faults === 0) return;
  const share = () => Math.max(0.001, dice.fraction() * size.faults);
  for (const fault of CALL_TROUBLES) {
    await orderFault(platform.db, { call: '*', fault, times: 1, share: share(), seed: seed + day });
  }
  await orderFault(platform.db, {
    call: '*',
    fault: 'latency',
    times: 1,
    share: share(),
    seed,
    milliseconds: 40,
  });
  for (const company of ['stripe', 'stripe_connect', 'btcpay', 'btcpay_payouts', 'paypal']) {
    for (const [fault, milliseconds] of NEWS_TROUBLES) {
      const call = `${company}.webhook`;
      await orderFault(platform.db, {
        call,
        fault,
        times: 1,
        share: 2 * share(),
        seed: seed + day,
        milliseconds,
      });
    }
  }
}

/** So long, in turns of the clock, nothing may stay open once the companies answer again. */
const TURNS_MAX = 40;

/** The month is over: no more faults, the banks decide, the office works until nothing is open. What still is. */
export async function settle(story: Story): Promise<readonly string[]> {
  const { platform, random: dice } = story;
  await platform.db.query('delete from sandbox.faults');
  let open: readonly string[] = [];
  const comparedMs = Math.ceil(platform.now() / DAY_MS) * DAY_MS + 5 * MINUTE_MS;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    await platform.turnTo(platform.now() + 3 * HOUR_MS);
    await banks.decideDisputes(story, dice, true);
    await office.payoutsDesk(story, dice);
    await office.refundsDesk(story, dice);
    await office.parkedDesk(story, dice);
    await office.approvalsDesk(story, dice);
    await office.bankNews(story, dice, true);
    for (const stage of story.stages) await creators.answerPaypal(story, stage, dice, true);
    const failed = await platform.rareJobs();
    // No fault is left that could excuse it.
    story.wrong.push(...failed.map((why) => `a job failed after the faults were over: ${why}`));
    open = await stillOpen(story);
    // A payment whose message was lost is found when its day is over and compared.
    if (open.length === 0 && platform.now() >= comparedMs) return open;
    if (open.length === 0) await platform.turnTo(comparedMs);
    await pause(200);
  }
  return open;
}

/** Everything that has no end yet, in a line each. */
async function stillOpen({ platform: { db } }: Story): Promise<string[]> {
  const rows = await db.query<{ line: string }>(
    `select concat_ws(' ', 'order', o.id, o.provider, o.created_at::text, c.provider_ref,
              (select v.problem from purchase_reviews v where v.order_id = o.id limit 1),
              (select s.state || ' ' || r.verdict from purchase_resolutions r join purchase_resolution_states s on s.resolution_id = r.id
                where r.order_id = o.id order by r.asked_at desc limit 1),
              (select x.body->>'status' from sandbox.objects x where x.id = c.provider_ref)) as line
       from purchase_orders o left join purchase_checkouts c on c.order_id = o.id
      where not exists (select from purchase_payments p where p.order_id = o.id)
        and not exists (select from purchase_endings e where e.order_id = o.id)
        and not exists (select from purchase_resolutions r join purchase_resolution_states s on s.resolution_id = r.id
                         where r.order_id = o.id and s.state = 'done')
     union all
     select 'refund ' || refund_id || ' ' || state from refund_states where state not in ('refunded', 'failed', 'rejected')
     union all
     select concat_ws(' ', 'recall', r.id, r.kind, s.state, x.body->>'status', s.note)
       from recalls r join recall_states s on s.recall_id = r.id
       left join sandbox.objects x on x.id = r.provider_ref and x.kind = 'refund'
       left join recall_returns b on b.recall_id = r.id
      where s.state in ('held', 'parked')
         -- Whether a refund is sent back, or a lost dispute is won after all, is asked for weeks.
         or (s.next_check_at is not null and (s.state <> 'taken' or b.recall_id is not null))
         or (s.state = 'taken' and s.fee_cents > 0
             and not exists (select from recall_takings g where g.recall_id = r.id and g.source = 'fee'))
         or (r.kind = 'provider_refund' and s.needs_person)
         or (s.state = 'taken' and x.body->>'status' = 'failed' and b.recall_id is null)
     union all
     select 'withdrawal ' || withdrawal_id || ' ' || state from withdrawal_states
      where state not in ('paid', 'returned', 'failed', 'canceled')
     union all
     select 'dispute ' || d.id from sandbox.objects d where d.kind = 'dispute'
        and not exists (select from recalls r where r.provider_ref = d.id)
     union all
     select 'to happen ' || l.what || ' ' || l.about from sandbox.later l
      -- What was accepted at PayPal does not come back after thirty days.
      where not (l.what = 'paypal_item' and exists (
              select from sandbox.objects o
               where o.id = l.about and o.body->>'status' not in ('PENDING', 'UNCLAIMED')))
     limit 20`,
  );
  return rows.map(({ line }) => line);
}
