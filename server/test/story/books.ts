import { DAY_MS } from '../../src/core/clock.ts';
import { publicId, type Uuid } from '../../src/core/ids.ts';
import { audit } from '../../src/ledger/audit.ts';
import { accountId, TransferCodes } from '../../src/ledger/index.ts';
import { BEGIN_MS, type Story } from './story.ts';

/** Every book against every other, counted by the story itself and not by the house. One sentence for each fault. */
export async function proveBooks(story: Story): Promise<string[]> {
  return [
    ...(await auditor(story)),
    ...(await reconciled(story)),
    ...(await sumsAreZero(story)),
    ...(await chargesAreCredits(story)),
    ...(await invoicesAreCredits(story)),
    ...(await refundsAreBooked(story)),
    ...(await worldsAgree(story)),
    ...(await payoutsAreWithdrawals(story)),
    ...(await giftsAreThere(story)),
  ];
}

async function auditor({ platform }: Story): Promise<string[]> {
  const { findings } = await audit(platform.db);
  return findings.flatMap(({ name, violations }) =>
    violations.map((violation) => `audit: ${name}: ${violation}`),
  );
}

/** An operator compares so many days at a time. */
const COMPARED_MS = 31 * DAY_MS;

/** The whole time with each company, from the first day to this moment, as an operator asks for it. */
async function reconciled(story: Story): Promise<string[]> {
  const found: string[] = [];
  for (const provider of ['stripe', 'btcpay', 'stripe_connect', 'btcpay_payouts', 'paypal_payouts']) {
    const end = story.now + 1_000;
    for (let since = BEGIN_MS - DAY_MS; since < end; since += COMPARED_MS) {
      found.push(...(await reconcile(story, provider, since, Math.min(since + COMPARED_MS, end))));
    }
  }
  return found;
}

async function reconcile(story: Story, provider: string, since: number, until: number): Promise<string[]> {
  const [olu] = story.operators;
  const period = { since: new Date(since).toISOString(), until: new Date(until).toISOString() };
  const made = await olu?.post('/v1/console/reconciliation', { provider, ...period });
  if (made?.status !== 201) {
    return [`reconciliation of ${provider}: ${made?.status} ${JSON.stringify(made?.body)}`];
  }
  const { run, differences } = made.body;
  story.count(
    `reconciled with ${provider} from ${period.since.slice(0, 10)}: ${run.matched} of ${run.payments} payments`,
  );
  const found: string[] = [];
  for (const one of differences) {
    const known = await whatIsKnown(story, one.payment);
    found.push(`reconciliation of ${provider}: ${one.payment} ${one.kind}: ${one.cause} ${known}`);
  }
  if (differences.length === 0 && run.payments > 0 && run.matchedPercent !== '100') {
    found.push(`reconciliation of ${provider}: ${run.matchedPercent} %`);
  }
  return found;
}

/** Both sides of a payment that went back, for whoever reads why the story failed. */
async function whatIsKnown({ platform: { db } }: Story, ref: string): Promise<string> {
  const [known] = await db.query<{ there: unknown; refunds: unknown; recalls: unknown }>(
    `select (select json_agg(json_build_object('id', r.id, 'status', r.body->>'status', 'cents', r.body->>'amount',
                                               'at', r.created_at))
               from sandbox.objects s join sandbox.objects c on c.parent = s.body->>'payment_intent' and c.kind = 'charge'
               join sandbox.objects r on r.parent = c.id and r.kind in ('refund', 'dispute') where s.id = $1) as there,
            (select json_agg(json_build_object('ref', s.refund_ref, 'state', s.state, 'cents', r.cents, 'next', s.next_check_at))
               from purchase_checkouts k join refunds r on r.order_id = k.order_id
               join refund_states s on s.refund_id = r.id where k.provider_ref = $1) as refunds,
            (select json_agg(json_build_object('ref', r.provider_ref, 'state', s.state, 'cents', r.cents, 'note', s.note,
                                               'next', s.next_check_at))
               from purchase_checkouts k join recalls r on r.order_id = k.order_id
               join recall_states s on s.recall_id = r.id where k.provider_ref = $1) as recalls`,
    [ref],
  );
  return JSON.stringify(known);
}

async function sumsAreZero({ platform: { db } }: Story): Promise<string[]> {
  const rows = await db.query<{ ledger: number; sum: bigint }>(
    `select ledger, sum(credits_posted - debits_posted)::bigint as sum from ledger_accounts group by ledger`,
  );
  return rows.filter(({ sum }) => sum !== 0n).map(({ ledger, sum }) => `asset ${ledger} sums to ${sum}`);
}

interface Pair {
  readonly ref: string;
  readonly there: bigint;
  readonly here: bigint;
  readonly times: bigint;
}

function told(what: string, pairs: readonly Pair[]): string[] {
  return pairs.map(
    ({ ref, there, here, times }) =>
      `${what} ${ref}: ${there} cents there, ${here} here, credited ${times} times`,
  );
}

/** Each card payment in the company's books is credited once, with its amount; nothing else is. */
async function chargesAreCredits({ platform: { db } }: Story): Promise<string[]> {
  const pairs = await db.query<Pair>(
    `with there as (
       select replace(body->'metadata'->>'order', '-', '') as ref, sum((body->>'amount')::bigint)::bigint as cents,
              count(*) as charges
         from sandbox.objects where kind = 'charge' group by 1),
     here as (
       select 'order_' || replace(o.id::text, '-', '') as ref, sum(t.amount)::bigint as cents, count(*) as times
         from ledger_transfers t join purchase_orders o on o.id = t.user_data_128
        where t.code = $1 and o.provider = 'stripe' group by 1)
     select coalesce(t.ref, h.ref) as ref, coalesce(t.cents, 0) as there, coalesce(h.cents, 0) as here,
            coalesce(h.times, 0) as times
       from there t full join here h on h.ref = t.ref
      where t.cents is distinct from h.cents or h.times <> 1 or t.charges <> 1`,
    [TransferCodes.purchase],
  );
  return told('card payment', pairs);
}

/** What came on the chain of each invoice is credited once, or an operator said how it went back. */
async function invoicesAreCredits({ platform: { db } }: Story): Promise<string[]> {
  const pairs = await db.query<Pair>(
    `with there as (
       select c.order_id, round((i.body->>'paidAmount')::numeric * 100)::bigint as cents, i.body->>'status' as status
         from sandbox.objects i join purchase_checkouts c on c.provider_ref = i.id where i.kind = 'invoice'),
     here as (
       select user_data_128 as order_id, sum(amount)::bigint as cents, count(*) as times
         from ledger_transfers where code = $1 group by 1)
     select t.order_id::text as ref, t.cents as there, coalesce(h.cents, 0) as here, coalesce(h.times, 0) as times
       from there t left join here h on h.order_id = t.order_id
       left join (purchase_resolutions r join purchase_resolution_states s on s.resolution_id = r.id and s.state = 'done')
         on r.order_id = t.order_id
      where case when r.verdict = 'given_back' then h.cents is not null
                 when t.cents = 0 then h.cents is not null
                 else t.cents is distinct from h.cents or h.times is distinct from 1 end`,
    [TransferCodes.purchase],
  );
  return told('payment on the chain', pairs);
}

/**
 * What the company gave back of each payment and its bank did not send back, and what disputes took, left the house; and a
 * fan of whose payment nothing went back has lost nothing of what they had bought.
 */
async function refundsAreBooked(story: Story): Promise<string[]> {
  const rows = await story.platform.db.query<{
    order: Uuid;
    refunds: bigint;
    sentBack: bigint;
    there: bigint;
    here: bigint;
    units: bigint;
  }>(
    `with there as (
       select p.order_id, count(f.id) as refunds, count(f.id) filter (where f.body->>'status' = 'failed') as sent_back,
              coalesce(sum((f.body->>'amount')::bigint) filter (where f.kind = 'refund' and f.body->>'status' <> 'failed'), 0)
                + coalesce(sum((f.body->>'amount')::bigint) filter (where f.kind = 'dispute' and f.body->>'status' = 'lost'), 0)
                as cents
         from sandbox.objects c
         join purchase_payments p on replace(c.body->'metadata'->>'order', 'order_', '') = replace(p.order_id::text, '-', '')
         join sandbox.objects f on f.parent = c.id and f.kind in ('refund', 'dispute')
        where c.kind = 'charge' group by 1),
     here as (
       select t.user_data_128 as order_id,
              coalesce(sum(case when c.code = 60 then t.amount when d.code = 60 then -t.amount else 0 end)
                         filter (where t.ledger = 3), 0) as cents,
              coalesce(sum(case when d.code in (1, 2) then t.amount when c.code in (1, 2) then -t.amount else 0 end)
                         filter (where t.ledger <> 3), 0) as units
         from ledger_transfers t
         join ledger_accounts c on c.id = t.credit_account_id join ledger_accounts d on d.id = t.debit_account_id
        where t.code in ($1, $2, $3) and t.flags & 10 = 0 group by 1)
     select t.order_id as order, t.refunds, t.sent_back as "sentBack", t.cents::bigint as there,
            coalesce(h.cents, 0)::bigint as here, coalesce(h.units, 0)::bigint as units
       from there t left join here h on h.order_id = t.order_id
      where not exists (select from refunds r where r.order_id = t.order_id and r.road = 'hand') order by 1`,
    [TransferCodes.refund, TransferCodes.refund_failed, TransferCodes.dispute],
  );
  const sentBack = rows.reduce((sum, row) => sum + row.sentBack, 0n);
  const [booked] = await story.platform.db.query<{ late: bigint }>(
    'select count(*) filter (where cash_cents + reserve_cents > 0) as late from recall_returns',
  );
  story.count(
    `payments of which something went back: ${rows.length}; refunds that banks sent back: ${sentBack}, ${booked?.late} of them booked as gone before`,
  );
  return rows.flatMap(({ order, there, here, units }) => [
    ...(there === here ? [] : [`order ${order}: ${there} cents went back there, ${here} here`]),
    ...(there === 0n && units > 0n ? [`order ${order}: nothing went back and ${units} units are gone`] : []),
  ]);
}

/** What each company holds of ours, by its own lines and by the ledger's account of it. */
async function worldsAgree({ platform: { db } }: Story): Promise<string[]> {
  const [there] = await db.query<{ payments: bigint; payouts: bigint; paypal: bigint }>(
    `select (select coalesce(sum((body->>'amount')::bigint), 0)::bigint from sandbox.objects
              where kind = 'balance_transaction' and body->>'type' not like 'transfer%') as payments,
            (select coalesce(sum((body->>'amount')::bigint - (body->>'amount_reversed')::bigint), 0)::bigint
               from sandbox.objects where kind = 'transfer') as payouts,
            (select coalesce(sum((body->'payout_item'->'amount'->>'value')::numeric * 100), 0)::bigint
               from sandbox.objects where kind = 'paypal_item' and body->>'status' = 'SUCCESS') as paypal`,
  );
  const ids: readonly Uuid[] = [
    accountId('world', 'stripe_sandbox', 'USD'),
    accountId('world', 'stripe_connect_sandbox', 'USD'),
    accountId('world', 'paypal_payouts_sandbox', 'USD'),
  ];
  const rows = await db.query<{ id: Uuid; net: bigint }>(
    'select id, credits_posted - debits_posted as net from ledger_accounts where id = any($1::uuid[])',
    [ids],
  );
  const [payments = 0n, payouts = 0n, paypal = 0n] = ids.map(
    (id) => rows.find((row) => row.id === id)?.net ?? 0n,
  );
  const found: string[] = [];
  if (there?.payments !== -payments) {
    found.push(`Stripe has ${there?.payments} cents of ours by its lines, ${-payments} by the ledger`);
  }
  if (there?.payouts !== payouts) {
    found.push(`Stripe paid creators ${there?.payouts} cents by its lines, ${payouts} by the ledger`);
  }
  if (there?.paypal !== paypal) {
    found.push(`PayPal paid creators ${there?.paypal} cents by its lines, ${paypal} by the ledger`);
  }
  return found;
}

/** Each withdrawal that is paid was paid once, and one that is not was not, whoever pays. */
async function payoutsAreWithdrawals(story: Story): Promise<string[]> {
  const { db } = story.platform;
  const rows = await db.query<{
    id: Uuid;
    state: string;
    method: string;
    minor: bigint;
    sent: bigint;
    back: bigint;
    transferred: bigint;
    transfers: bigint;
    payouts: bigint;
    coins: bigint;
    satoshi: bigint;
    accepted: bigint;
    dollars: bigint;
  }>(
    `with returned as materialized (
       select user_data_128 as withdrawal_id from ledger_transfers where code = $2 and ledger = 2)
     select w.id, s.state, w.method, w.payout_minor as minor,
            (select count(*) from withdrawal_payments p join ledger_transfers t on t.id = p.transfer_id
              where p.withdrawal_id = w.id and t.code = $1) as sent,
            (select count(*) from returned t where t.withdrawal_id = w.id) as back,
            coalesce(sum((x.body->>'amount')::bigint - (x.body->>'amount_reversed')::bigint), 0)::bigint as transferred,
            count(x.id) filter (where x.body->>'reversed' = 'false') as transfers,
            (select count(*) from sandbox.objects o where o.kind = 'payout' and o.body->>'status' = 'paid'
                and o.body->'metadata'->>'withdrawal' = 'wd_' || replace(w.id::text, '-', '')) as payouts,
            (select count(*) from sandbox.objects o where o.kind = 'btcpay_payout' and o.body->>'state' in ('InProgress', 'Completed')
                and o.body->'metadata'->>'withdrawal' = 'wd_' || replace(w.id::text, '-', '')) as coins,
            (select coalesce(sum((o.body->>'originalAmount')::numeric * 100000000), 0)::bigint
               from sandbox.objects o where o.kind = 'btcpay_payout' and o.body->>'state' = 'Completed'
                and o.body->'metadata'->>'withdrawal' = 'wd_' || replace(w.id::text, '-', '')) as satoshi,
            (select count(*) from sandbox.objects o where o.kind = 'paypal_item' and o.body->>'status' = 'SUCCESS'
                and o.body->'payout_item'->>'sender_item_id' = w.reference) as accepted,
            (select coalesce(sum((o.body->'payout_item'->'amount'->>'value')::numeric * 100), 0)::bigint
               from sandbox.objects o where o.kind = 'paypal_item' and o.body->>'status' = 'SUCCESS'
                and o.body->'payout_item'->>'sender_item_id' = w.reference) as dollars
       from withdrawals w join withdrawal_states s on s.withdrawal_id = w.id
       left join sandbox.objects x on x.kind = 'transfer' and x.body->'metadata'->>'withdrawal' = 'wd_' || replace(w.id::text, '-', '')
      group by w.id, s.state`,
    [TransferCodes.payout, TransferCodes.withdrawal_returned],
  );
  return rows.flatMap((row) => {
    story.count(`withdrawal by ${row.method}: ${row.state}`);
    const left = row.state === 'paid' || row.state === 'returned';
    const isPaid = row.state === 'paid';
    const wrong = [
      row.sent !== (left ? 1n : 0n) && `booked as sent ${row.sent} times`,
      row.back !== (row.state === 'returned' ? 1n : 0n) && `its Diamonds came back ${row.back} times`,
      row.method === 'stripe' &&
        row.transferred !== (isPaid ? row.minor : 0n) &&
        `${row.transferred} of ${row.minor} cents are transferred`,
      row.method === 'stripe' && row.transfers !== (isPaid ? 1n : 0n) && `${row.transfers} transfers`,
      row.method === 'stripe' && row.payouts !== (isPaid ? 1n : 0n) && `${row.payouts} payouts`,
      row.method === 'btcpay' && row.coins !== (isPaid ? 1n : 0n) && `left the wallet ${row.coins} times`,
      row.method === 'btcpay' &&
        row.satoshi !== (isPaid ? row.minor : 0n) &&
        `${row.satoshi} of ${row.minor} satoshi arrived`,
      row.method === 'paypal' && row.accepted !== (isPaid ? 1n : 0n) && `accepted ${row.accepted} times`,
      row.method === 'paypal' &&
        row.dollars !== (isPaid ? row.minor : 0n) &&
        `${row.dollars} of ${row.minor} cents are accepted`,
    ];
    return wrong
      .filter((text) => text !== false)
      .map((text) => `${publicId('wd', row.id)} by ${row.method} is ${row.state}: ${text}`);
  });
}

/** Every gift that somebody was told of is there, and no other. */
async function giftsAreThere({ platform: { db }, given }: Story): Promise<string[]> {
  const rows = await db.query<{ id: Uuid }>('select id from gifts');
  const there = new Set(rows.map(({ id }) => publicId('gift', id)));
  const told = new Set(given.map(({ id }) => id));
  return [
    ...[...told].filter((id) => !there.has(id)).map((id) => `${id} was acknowledged and is not there`),
    ...[...there].filter((id) => !told.has(id)).map((id) => `${id} is there and nobody was told`),
  ];
}
