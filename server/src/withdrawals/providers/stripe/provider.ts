import type Stripe from 'stripe';
import type { StripeAccount } from '../../../config.ts';
import { HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { isUuid } from '../../../core/ids.ts';
import { type Outcome, openSdk, outcomeOf, readSignedEvent } from '../../../purchases/index.ts';
import {
  type AccountSnapshot,
  BANK_GONE,
  CLOSED_ACCOUNT,
  type PayoutHint,
  type PayoutOperation,
  type PayoutProvider,
  type PayoutSnapshot,
  type PayoutStatus,
} from '../provider.ts';

/** Stripe forgets keys after a day at the earliest; an hour before, we stop to use them. */
const KEY_MS = 23 * HOUR_MS;
/** Payouts of an account that are looked through for ours. */
const SEARCHED_MAX = 1_000;
/** Clocks of two parties differ. */
const MARGIN_MS = 10 * MINUTE_MS;

export interface StripePayoutOptions {
  readonly account: StripeAccount;
  /** 5,000 unless told. */
  readonly timeoutMs?: number;
}

/**
 * Pays creators by Stripe Connect, with the official SDK: a transfer from the house's balance to the creator's Express
 * account, then a payout from there to their bank. Accounts have no schedule of their own: what is paid out is what we ask for.
 */
export function stripePayouts(options: StripePayoutOptions): PayoutProvider {
  const { account } = options;
  const livemode = account.mode === 'live';
  let opened: Promise<Stripe> | undefined;
  const sdk = () => {
    opened ??= openSdk(options);
    return opened;
  };
  const asked = async <T>(call: (stripe: Stripe) => Promise<T>): Promise<Outcome<T>> => {
    try {
      return { kind: 'ok', value: await call(await sdk()) };
    } catch (error) {
      return outcomeOf(error);
    }
  };

  return {
    id: 'stripe',
    mode: account.mode,
    method: 'stripe',
    world: account.mode === 'live' ? 'stripe_connect' : `stripe_connect_${account.mode}`,
    books: 'stripe_connect',
    keyMs: KEY_MS,
    ownAccount: () => asked(async (stripe) => (await stripe.accounts.retrieveCurrent()).id),
    create: (operation) =>
      asked(async (stripe) =>
        snapshotOf(
          await stripe.transfers.create(transferParams(operation), {
            idempotencyKey: `${operation.attemptId} transfer`,
          }),
          null,
          operation,
        ),
      ),
    fetch: (operation) =>
      asked(async (stripe) => {
        const transfer = await findTransfer(stripe, operation);
        if (transfer === null) return null;
        return snapshotOf(transfer, await findPayout(stripe, transfer), operation);
      }),
    fetchAll: (operation) =>
      asked(async (stripe) => {
        const all: PayoutSnapshot[] = [];
        for await (const transfer of transfersOf(stripe, operation)) {
          if (!transfer.reversed)
            all.push(snapshotOf(transfer, await findPayout(stripe, transfer), operation));
        }
        return all;
      }),
    forward: (operation, taken, ask) =>
      asked(async (stripe) => {
        const payout = await stripe.payouts.create(payoutParams(operation), {
          idempotencyKey: keyOf(operation, 'payout', ask),
          stripeAccount: operation.destination,
        });
        return snapshotOf(await stripe.transfers.retrieve(taken.takenRef), payout, operation);
      }).then(bankGone),
    takeBack: (operation, { takenRef }, ask) =>
      asked(async (stripe) => {
        await stripe.transfers.createReversal(
          takenRef,
          { metadata: metadataOf(operation) },
          { idempotencyKey: keyOf(operation, 'reversal', ask) },
        );
        const transfer = await stripe.transfers.retrieve(takenRef);
        return snapshotOf(transfer, await findPayout(stripe, transfer), operation);
      }),
    async *listSince(since) {
      const stripe = await sdk();
      const created = { gte: Math.floor(since.getTime() / 1_000) };
      for await (const transfer of stripe.transfers.list({ created, limit: 100 })) {
        yield snapshotOf(transfer, await findPayout(stripe, transfer), null);
      }
    },
    async *takenBackSince(since) {
      const created = { gte: Math.floor(since.getTime() / 1_000) };
      for await (const transfer of (await sdk()).transfers.list({ created, limit: 100 })) {
        if (transfer.amount_reversed > 0) yield transfer.id;
      }
    },
    verifyWebhook(raw, headers, nowMs) {
      const secrets = account.connect?.webhookSecrets ?? [];
      const event = readSignedEvent({ secrets, livemode }, raw, headers, nowMs);
      return event.kind === 'rejected' ? event : hintOf(event);
    },
    accounts: {
      open: ({ accountId, userRef, country }) =>
        asked(async (stripe) => {
          const made = await stripe.accounts.create(
            {
              type: 'express',
              country,
              business_type: 'individual',
              capabilities: { transfers: { requested: true } },
              settings: { payouts: { schedule: { interval: 'manual' } } },
              metadata: { account: accountId, user: userRef },
            },
            { idempotencyKey: `${accountId} account` },
          );
          return { ref: made.id };
        }),
      setUpPage: (ref, returnUrl) =>
        asked(async (stripe) => {
          const known = await stripe.accounts.retrieve(ref);
          // Whoever is done has pages of their own there; the form is for those who are not.
          if (isReady(known)) return { url: (await stripe.accounts.createLoginLink(ref)).url };
          const link = await stripe.accountLinks.create({
            account: ref,
            type: 'account_onboarding',
            return_url: returnUrl,
            refresh_url: returnUrl,
          });
          return { url: link.url };
        }),
      fetch: (ref, currency) =>
        asked(async (stripe) => {
          try {
            return accountOf(await stripe.accounts.retrieve(ref), currency);
          } catch (error) {
            if (isClosed(error)) return closedAccount(ref);
            throw error;
          }
        }),
    },
  };
}

function transferParams(operation: PayoutOperation): Stripe.TransferCreateParams {
  return {
    amount: Number(operation.minor),
    currency: operation.currency.toLowerCase(),
    destination: operation.destination,
    transfer_group: operation.reference,
    metadata: metadataOf(operation),
  };
}

function payoutParams(operation: PayoutOperation): Stripe.PayoutCreateParams {
  return {
    amount: Number(operation.minor),
    currency: operation.currency.toLowerCase(),
    // Without it Stripe takes the account's default of that instant, which nobody has looked at.
    ...(operation.bank === undefined ? {} : { destination: operation.bank }),
    // What the creator reads on their bank's statement.
    statement_descriptor: operation.reference,
    metadata: metadataOf(operation),
  };
}

/** What a payout names and Stripe does not have is the bank account: the account itself has answered. */
function bankGone<T>(outcome: Outcome<T>): Outcome<T> {
  return outcome.kind === 'declined' && outcome.code === 'resource_missing'
    ? { ...outcome, code: BANK_GONE }
    : outcome;
}

/** Stripe keeps a refusal under its key for a day, so what is asked after one has a number besides. */
function keyOf({ attemptId }: PayoutOperation, step: 'payout' | 'reversal', ask: number): string {
  return ask === 1 ? `${attemptId} ${step}` : `${attemptId} ${step} ${ask}`;
}

function metadataOf({ attemptId, withdrawal, reference }: PayoutOperation) {
  return { attempt: attemptId, withdrawal, reference };
}

/** The transfer that is booked, or of this attempt; else one of the same withdrawal that was never taken back, which pays it as well. */
async function findTransfer(stripe: Stripe, operation: PayoutOperation): Promise<Stripe.Transfer | null> {
  const { takenRef, attemptId } = operation;
  let other: Stripe.Transfer | null = null;
  for await (const transfer of transfersOf(stripe, operation)) {
    if (takenRef === null ? transfer.metadata?.attempt === attemptId : transfer.id === takenRef)
      return transfer;
    if (!transfer.reversed) other = transfer;
  }
  return other;
}

function transfersOf(stripe: Stripe, { reference }: PayoutOperation): AsyncIterable<Stripe.Transfer> {
  return stripe.transfers.list({ transfer_group: reference, limit: 100 });
}

/**
 * The payout that a transfer was made for, on the account that it went to: the newest with the same reference. `closed`: that
 * account lets nobody look any more.
 */
async function findPayout(
  stripe: Stripe,
  transfer: Stripe.Transfer,
): Promise<Stripe.Payout | 'closed' | null> {
  try {
    return await searchPayouts(stripe, transfer);
  } catch (error) {
    if (isClosed(error)) return 'closed';
    throw error;
  }
}

/** Whether an account was closed, or took its access back: of one account alone, where a wrong key is of all. */
function isClosed(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'account_invalid' || code === 'resource_missing';
}

function closedAccount(ref: string): AccountSnapshot {
  return { ref, submitted: true, ready: false, rejected: true, missing: [CLOSED_ACCOUNT], bank: null };
}

async function searchPayouts(stripe: Stripe, transfer: Stripe.Transfer): Promise<Stripe.Payout | null> {
  const reference = transfer.transfer_group;
  if (reference === null || transfer.destination === null) return null;
  const created = { gte: Math.floor((transfer.created * 1_000 - MARGIN_MS) / 1_000) };
  const own = { stripeAccount: idOf(transfer.destination) };
  let searched = 0;
  for await (const payout of stripe.payouts.list({ created, limit: 100 }, own)) {
    if (payout.metadata?.reference === reference) return payout;
    searched += 1;
    if (searched >= SEARCHED_MAX) throw new Error(`too many payouts of ${own.stripeAccount} to look through`);
  }
  return null;
}

/** @param operation what it was asked to be; `null` = whatever it is */
function snapshotOf(
  transfer: Stripe.Transfer,
  found: Stripe.Payout | 'closed' | null,
  operation: PayoutOperation | null,
): PayoutSnapshot {
  const payout = found === 'closed' ? null : found;
  const destination = transfer.destination === null ? '' : idOf(transfer.destination);
  const minor = BigInt(transfer.amount);
  const currency = transfer.currency.toUpperCase();
  const reversed = transfer.reversed
    ? ' reversed'
    : transfer.amount_reversed > 0
      ? ` reversed by ${transfer.amount_reversed} of ${transfer.amount}`
      : '';
  const rawStatus = `transfer${reversed}, ${found === 'closed' ? 'its account closed' : payout === null ? 'no payout' : `payout ${payout.status}`}`;
  const asAsked =
    operation === null ||
    (minor === operation.minor && currency === operation.currency && destination === operation.destination);
  return {
    attemptId: transfer.metadata?.attempt ?? null,
    reference: transfer.transfer_group,
    takenRef: transfer.id,
    payoutRef: payout?.id ?? null,
    ...(asAsked
      ? { status: found === 'closed' ? 'gone' : statusOf(transfer, payout), rawStatus }
      : { status: 'other', rawStatus: `${rawStatus}, ${transfer.amount} ${currency} to ${destination}` }),
    destination,
    minor,
    backMinor: BigInt(transfer.amount_reversed),
    currency,
    livemode: transfer.livemode,
    advice: null,
    failureCode: payout?.failure_code ?? (payout?.status === 'canceled' ? 'payout_canceled' : null),
    isMoving: payout?.status === 'pending' || payout?.status === 'in_transit',
    takenAt: new Date(transfer.created * 1_000),
  };
}

function statusOf(transfer: Stripe.Transfer, payout: Stripe.Payout | null): PayoutStatus {
  const known = payout === null ? 'taken' : PAYOUTS.get(payout.status);
  if (payout !== null && (payout.amount !== transfer.amount || payout.currency !== transfer.currency))
    return 'other';
  if (transfer.reversed) return known === 'taken' || known === 'failed' ? 'back' : 'other';
  if (transfer.amount_reversed > 0) return 'other';
  return known ?? 'other';
}

const PAYOUTS: ReadonlyMap<string, PayoutStatus> = new Map([
  ['pending', 'on_its_way'],
  ['in_transit', 'on_its_way'],
  ['paid', 'paid'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
] as const);

function isReady(known: Stripe.Account): boolean {
  return known.payouts_enabled && known.capabilities?.transfers === 'active';
}

function accountOf(known: Stripe.Account, currency: string): AccountSnapshot {
  const due = known.requirements;
  // A payout goes to the one that is the default of its currency, whichever stands first.
  const bank = known.external_accounts?.data.find(
    (one) => one.default_for_currency === true && one.currency === currency.toLowerCase(),
  );
  return {
    ref: known.id,
    submitted: known.details_submitted,
    ready: isReady(known) && bank !== undefined,
    rejected: due?.disabled_reason?.startsWith('rejected') === true,
    missing: [...new Set([...(due?.past_due ?? []), ...(due?.currently_due ?? [])])],
    bank:
      bank === undefined
        ? null
        : {
            ref: bank.id,
            last4: bank.last4 ?? '',
            number: typeof bank.fingerprint === 'string' ? `stripe:${bank.fingerprint}` : null,
          },
  };
}

function hintOf(event: {
  readonly eventId: string;
  readonly type: string;
  readonly account: string | null;
  readonly object: Readonly<Record<string, unknown>>;
}): PayoutHint {
  const { eventId, type, account, object } = event;
  const metadata = object.metadata as Readonly<Record<string, unknown>> | null | undefined;
  const attempt = metadata?.attempt;
  return {
    kind: 'hint',
    eventId,
    type,
    attemptIds: typeof attempt === 'string' && isUuid(attempt) ? [attempt] : [],
    takenRefs: [],
    accountRef: type.startsWith('account.') ? account : null,
  };
}

function idOf(named: string | { readonly id: string }): string {
  return typeof named === 'string' ? named : named.id;
}
