import { hash } from 'node:crypto';
import type { Queryable } from '../../db/database.ts';
import { type Body, find, type Kept, keep, list, lock, ofParent, planLater, rewrite } from '../books.ts';
import { type Desk, randomId } from '../desk.ts';
import { type TestBank, testBank } from './banks.ts';
import { invalid, noSuch, StripeError } from './errors.ts';
import { entry, tell } from './payments.ts';

/** What Stripe Connect does: accounts that people set up on a page of Stripe's, transfers to them, payouts from them. */

/** A link to the page is good for so long. */
const LINK_S = 5 * 60;
/** How long after it was asked for a payout is on its way, decided, and in the worst case undone. */
const ON_ITS_WAY_MS = 1_000;
const DECIDED_MS = 3_000;
const UNDONE_MS = 3_000;

const AT_FIRST = [
  'external_account',
  'individual.first_name',
  'individual.last_name',
  'tos_acceptance.date',
] as const;

interface Requirements {
  currently_due: string[];
  past_due: string[];
  eventually_due: string[];
  pending_verification: string[];
  disabled_reason: string | null;
}

export interface AccountBody extends Body {
  object: 'account';
  country: string;
  default_currency: string;
  details_submitted: boolean;
  payouts_enabled: boolean;
  capabilities: { transfers: 'active' | 'inactive' | 'pending' };
  requirements: Requirements;
  external_accounts: { object: 'list'; data: BankBody[]; has_more: boolean; url: string };
}

interface BankBody extends Body {
  object: 'bank_account';
  last4: string;
}

/** `site`: where its owner saw the page last. */
export type AccountRow = Kept<AccountBody, { bank?: string; site?: string }>;

export interface AccountParams {
  readonly country?: string;
  readonly email?: string;
  readonly metadata?: Record<string, string>;
}

export async function createAccount(tx: Queryable, params: AccountParams, nowMs: number): Promise<Body> {
  const id = randomId('acct_1', 16);
  const country = params.country ?? 'US';
  const body: AccountBody = {
    id,
    object: 'account',
    business_type: 'individual',
    capabilities: { transfers: 'inactive' },
    charges_enabled: false,
    country,
    created: Math.floor(nowMs / 1_000),
    default_currency: country === 'US' ? 'usd' : 'eur',
    details_submitted: false,
    email: params.email ?? null,
    external_accounts: listOf(id, []),
    metadata: params.metadata ?? {},
    payouts_enabled: false,
    requirements: due([...AT_FIRST], 'requirements.past_due'),
    settings: { payouts: { schedule: { interval: 'manual' } } },
    type: 'express',
  };
  await keep(tx, { kind: 'account', body, at: new Date(nowMs) });
  return body;
}

const MERCHANT = 'acct_1SandboxMerchant';

/** The merchant's own account. There is one, unless somebody plays that the key is another merchant's. */
export async function merchantAccount(tx: Queryable): Promise<Body> {
  const [played] = await list(tx, { kind: 'merchant', limit: 1 });
  return { id: played?.id ?? MERCHANT, object: 'account', type: 'standard' };
}

function due(what: string[], disabled: string | null): Requirements {
  return {
    currently_due: what,
    past_due: what,
    eventually_due: what,
    pending_verification: [],
    disabled_reason: disabled,
  };
}

function listOf(id: string, data: BankBody[]): AccountBody['external_accounts'] {
  return { object: 'list', data, has_more: false, url: `/v1/accounts/${id}/external_accounts` };
}

export interface LinkParams {
  readonly account: string;
  readonly refresh_url: string;
  readonly return_url: string;
}

interface LinkInner {
  readonly account: string;
  readonly returnUrl: string | null;
  readonly refreshUrl: string | null;
  used?: boolean;
}

export type LinkRow = Kept<Body & { expires_at: number }, LinkInner & Record<string, unknown>>;

/** A link to the page on which its owner sets the account up. It has no id at Stripe; here the page's address has it. */
export async function createLink(tx: Queryable, params: LinkParams, nowMs: number): Promise<Body> {
  const account = await lock<AccountRow>(tx, 'account', params.account);
  if (account === null) throw noSuch('account', params.account);
  for (const name of ['return_url', 'refresh_url'] as const) {
    if (!(URL.canParse(params[name]) && /^https?:/.test(params[name]))) {
      throw invalid('Not a valid URL', name, 'url_invalid');
    }
  }
  account.inner.site = new URL(params.return_url).origin;
  await rewrite(tx, account);
  return link(
    tx,
    'account_link',
    account.inner.site,
    { account: params.account, returnUrl: params.return_url, refreshUrl: params.refresh_url },
    nowMs,
  );
}

/** A link to the account's own pages, for one that is set up. The sandbox has them where the pages of payers are. */
export async function createLoginLink(tx: Queryable, id: string, nowMs: number): Promise<Body> {
  const account = await lock<AccountRow>(tx, 'account', id);
  if (account === null) throw noSuch('account', id);
  if (!account.body.details_submitted) {
    throw invalid('Cannot create a login link for an account that has not completed onboarding.', 'id');
  }
  const { site = 'http://127.0.0.1' } = account.inner;
  return link(tx, 'login_link', site, { account: id, returnUrl: null, refreshUrl: null }, nowMs);
}

async function link(
  tx: Queryable,
  object: 'account_link' | 'login_link',
  site: string,
  inner: LinkInner,
  nowMs: number,
): Promise<Body> {
  const created = Math.floor(nowMs / 1_000);
  const id = randomId('link_', 24);
  const body = { id, object, created, expires_at: created + LINK_S };
  await keep(tx, { kind: 'account_link', body, at: new Date(nowMs), parent: inner.account, inner });
  return { object, created, expires_at: body.expires_at, url: `${site}/sandbox/connect/${id}` } as never;
}

/** What a person sees at a link: the account, or `null` when the link is over or none. */
export async function lookAtLink(
  desk: Desk,
  id: string,
): Promise<{ readonly link: LinkRow; readonly account: AccountRow; readonly over: boolean } | null> {
  const found = await find<LinkRow>(desk.db, id);
  if (found === null || found.kind !== 'account_link') return null;
  const account = await find<AccountRow>(desk.db, found.inner.account);
  if (account === null) return null;
  const over = found.inner.used === true || found.body.expires_at * 1_000 <= desk.clock.now();
  return { link: found, account, over };
}

export type SetUp = 'finish' | 'leave_out' | 'reject';

/** What somebody did on the page: everything, all but a picture of their papers, or Stripe turned them away. */
export async function setUp(desk: Desk, linkId: string, deed: SetUp, bankNumber: string): Promise<void> {
  const nowMs = desk.clock.now();
  await desk.db.transaction(async (tx) => {
    const found = await lock<LinkRow>(tx, 'account_link', linkId);
    if (found === null || found.inner.used === true || found.body.expires_at * 1_000 <= nowMs) return;
    found.inner.used = true;
    await rewrite(tx, found);
    const account = await lock<AccountRow>(tx, 'account', found.inner.account);
    const bank = testBank(bankNumber);
    if (account === null || bank === undefined) return;
    changeAccount(account, deed, bank);
    await rewrite(tx, account);
    await tell(tx, 'account.updated', account.body, nowMs, account.id);
  });
  desk.wake();
}

function changeAccount({ id, body, inner }: AccountRow, deed: SetUp, bank: TestBank): void {
  body.details_submitted = true;
  if (deed === 'reject') {
    body.requirements = due([], 'rejected.other');
    body.payouts_enabled = false;
    body.capabilities = { transfers: 'inactive' };
    return;
  }
  if (inner.bank !== bank.number) {
    inner.bank = bank.number;
    body.external_accounts = listOf(id, [
      {
        id: randomId('ba_1', 22),
        object: 'bank_account',
        account: id,
        bank_name: 'STRIPE TEST BANK',
        country: body.country,
        currency: body.default_currency,
        default_for_currency: true,
        fingerprint: hash('sha256', `bank ${bank.number}`, 'hex').slice(0, 16),
        last4: bank.number.slice(-4),
        status: 'new',
      },
    ]);
  }
  const whole = deed === 'finish';
  body.requirements = whole
    ? due([], null)
    : due(['individual.verification.document'], 'requirements.past_due');
  body.payouts_enabled = whole;
  body.capabilities = { transfers: whole ? 'active' : 'inactive' };
}

export interface TransferParams {
  readonly amount: number;
  readonly currency: string;
  readonly destination: string;
  readonly description?: string;
  readonly metadata?: Record<string, string>;
  readonly transfer_group?: string;
}

/** Moves money from the merchant's balance to an account's. The sandbox's merchants never run short by themselves. */
export async function createTransfer(tx: Queryable, params: TransferParams, nowMs: number): Promise<Body> {
  const account = await lock<AccountRow>(tx, 'account', params.destination);
  if (account === null) {
    throw invalid(`No such destination: '${params.destination}'`, 'destination', 'resource_missing');
  }
  if (account.body.capabilities.transfers !== 'active') {
    throw invalid(
      'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
      'destination',
      'insufficient_capabilities_for_transfer',
    );
  }
  const id = randomId('tr_1', 22);
  const currency = params.currency.toLowerCase();
  const body: Body = {
    id,
    object: 'transfer',
    amount: params.amount,
    amount_reversed: 0,
    balance_transaction: await entry(tx, {
      type: 'transfer',
      amount: -params.amount,
      fee: 0,
      currency,
      source: id,
      nowMs,
    }),
    created: Math.floor(nowMs / 1_000),
    currency,
    description: params.description ?? null,
    destination: account.id,
    destination_payment: randomId('py_1', 22),
    livemode: false,
    metadata: params.metadata ?? {},
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: null,
    source_type: 'card',
    transfer_group: params.transfer_group ?? null,
  };
  await keep(tx, { kind: 'transfer', body, at: new Date(nowMs), parent: account.id });
  await tell(tx, 'transfer.created', body, nowMs);
  return body;
}

/** Takes a transfer back, whole or in part, while the account still has the money. */
export async function reverseTransfer(
  tx: Queryable,
  id: string,
  params: { readonly amount?: number; readonly metadata?: Record<string, string> },
  nowMs: number,
): Promise<Body> {
  const transfer = await lock(tx, 'transfer', id);
  if (transfer === null) throw noSuch('transfer', id);
  const { body } = transfer;
  const open = (body.amount as number) - (body.amount_reversed as number);
  const amount = params.amount ?? open;
  if (open === 0)
    throw invalid(`Transfer ${id} is already fully reversed.`, 'id', 'transfer_already_reversed');
  if (amount > open)
    throw invalid('Reversal amount is greater than what is left.', 'amount', 'amount_too_large');
  if (amount > (await balanceOf(tx, body.destination as string, body.currency as string))) {
    throw invalid('Insufficient funds in the connected account.', 'amount', 'balance_insufficient');
  }
  const reversal: Body = {
    id: randomId('trr_1', 22),
    object: 'transfer_reversal',
    amount,
    balance_transaction: await entry(tx, {
      type: 'transfer_refund',
      amount,
      fee: 0,
      currency: body.currency as string,
      source: id,
      nowMs,
    }),
    created: Math.floor(nowMs / 1_000),
    currency: body.currency,
    destination_payment_refund: null,
    metadata: params.metadata ?? {},
    source_refund: null,
    transfer: id,
  };
  await keep(tx, { kind: 'transfer_reversal', body: reversal, at: new Date(nowMs), parent: id });
  body.amount_reversed = (body.amount_reversed as number) + amount;
  body.reversed = body.amount_reversed === body.amount;
  (body.reversals as { data: Body[] }).data.unshift(reversal);
  await rewrite(tx, transfer);
  await tell(tx, 'transfer.reversed', body, nowMs);
  return reversal;
}

/** What an account has, in minor units: what came, without what was taken back or paid out. */
async function balanceOf(tx: Queryable, account: string, currency: string): Promise<number> {
  const transfers = await ofParent(tx, 'transfer', account);
  const payouts = await ofParent(tx, 'payout', account);
  const came = transfers
    .filter(({ body }) => body.currency === currency)
    .reduce((sum, { body }) => sum + (body.amount as number) - (body.amount_reversed as number), 0);
  const left = payouts
    .filter(
      ({ body }) => body.currency === currency && body.status !== 'failed' && body.status !== 'canceled',
    )
    .reduce((sum, { body }) => sum + (body.amount as number), 0);
  return came - left;
}

export interface PayoutParams {
  readonly amount: number;
  readonly currency: string;
  readonly description?: string;
  /** The account's default in this currency unless told. */
  readonly destination?: string;
  readonly metadata?: Record<string, string>;
  readonly statement_descriptor?: string;
}

/** The account whose call it is: the header `Stripe-Account` names it. */
export async function ownAccount(tx: Queryable, id: string | null): Promise<AccountRow> {
  const account = id === null ? null : await lock<AccountRow>(tx, 'account', id);
  if (account !== null) return account;
  throw new StripeError(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key does not have access to account '${id}' (or that account does not exist).`,
  });
}

/** Sends money from an account's balance to its bank. What the bank does, its number decides. */
export async function createPayout(
  tx: Queryable,
  account: AccountRow,
  params: PayoutParams,
  nowMs: number,
): Promise<Body> {
  const currency = params.currency.toLowerCase();
  if (!account.body.payouts_enabled) {
    throw invalid('Payouts are not enabled for this account.', 'account', 'payouts_not_allowed');
  }
  const bank = bankOf(account.body, params.destination, currency);
  if (params.amount > (await balanceOf(tx, account.id, currency))) {
    throw invalid(
      'You have insufficient funds in your Stripe account for this transfer.',
      'amount',
      'balance_insufficient',
    );
  }
  const created = Math.floor(nowMs / 1_000);
  const body: Body = {
    id: randomId('po_1', 22),
    object: 'payout',
    amount: params.amount,
    arrival_date: created + 2 * 24 * 3_600,
    automatic: false,
    balance_transaction: null,
    created,
    currency,
    description: params.description ?? null,
    destination: bank.id,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: params.metadata ?? {},
    method: 'standard',
    source_type: 'card',
    statement_descriptor: params.statement_descriptor ?? null,
    status: 'pending',
    type: 'bank_account',
  };
  await keep(tx, {
    kind: 'payout',
    body,
    at: new Date(nowMs),
    parent: account.id,
    inner: { bank: account.inner.bank ?? '' },
  });
  await planLater(tx, { what: 'payout', about: body.id }, new Date(nowMs + ON_ITS_WAY_MS));
  await tell(tx, 'payout.created', body, nowMs, account.id);
  return body;
}

/** Where a payout goes: to the bank that it names, or to the default of its currency. */
function bankOf({ external_accounts }: AccountBody, named: string | undefined, currency: string): BankBody {
  const inIt = external_accounts.data.filter((bank) => bank.currency === currency);
  const found =
    named === undefined
      ? inIt.find((bank) => bank.default_for_currency === true)
      : inIt.find(({ id }) => id === named);
  if (found !== undefined) return found;
  throw named === undefined
    ? invalid(`Sorry, you don't have any external accounts in that currency (${currency}).`, 'currency')
    : invalid(`No such external account: '${named}'`, 'destination', 'resource_missing');
}

/** Stops a payout that has not left. */
export async function cancelPayout(
  tx: Queryable,
  account: AccountRow,
  id: string,
  nowMs: number,
): Promise<Body> {
  const payout = await lock(tx, 'payout', id);
  if (payout === null || payout.parent !== account.id) throw noSuch('payout', id);
  if (payout.body.status !== 'pending') {
    throw invalid('Payouts can only be canceled while they are pending.', 'payout');
  }
  payout.body.status = 'canceled';
  await rewrite(tx, payout);
  await tell(tx, 'payout.canceled', payout.body, nowMs, account.id);
  return payout.body;
}

/** The next thing that happens to a payout by itself. */
export async function doPayoutLater(tx: Queryable, id: string, nowMs: number): Promise<void> {
  const payout = await lock(tx, 'payout', id);
  const account = payout?.parent ?? null;
  if (payout === null || account === null) return;
  const { body } = payout;
  const bank = testBank(payout.inner.bank as string);
  const goOn = (afterMs: number) => planLater(tx, { what: 'payout', about: id }, new Date(nowMs + afterMs));
  const become = async (status: string) => {
    body.status = status;
    await rewrite(tx, payout);
    await tell(tx, `payout.${status === 'in_transit' ? 'updated' : status}`, body, nowMs, account);
  };
  const fail = (code: string) => {
    body.failure_code = code;
    body.failure_message = `The bank sent it back: ${code.replaceAll('_', ' ')}.`;
    return become('failed');
  };
  switch (body.status) {
    case 'pending':
      await become('in_transit');
      return goOn(DECIDED_MS);
    case 'in_transit':
      if (bank?.fails !== undefined && bank.late !== true) return fail(bank.fails);
      await become('paid');
      if (bank?.late === true) await goOn(UNDONE_MS);
      return;
    case 'paid':
      // Some banks find out days later.
      if (bank?.fails !== undefined) await fail(bank.fails);
  }
}
