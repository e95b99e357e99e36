import { MINUTE_MS } from '../../core/clock.ts';
import { publicId, type Uuid } from '../../core/ids.ts';
import { Refusal } from '../../core/refusal.ts';
import type { House } from '../../house.ts';
import type { UserPrincipal } from '../../http/principal.ts';
import { NOT_FOUND } from '../../http/refusals.ts';
import { requireConfirmed } from '../../identity/index.ts';
import { currentPolicy } from '../../policy/index.ts';
import { PAYOUT_PROVIDER_AWAY } from '../refusals.ts';
import { accountsOf } from '../store.ts';
import { accountsKnown, ownAccountAt, payerFor, payerOf } from './payers.ts';
import type { PayoutAccounts, PayoutProvider } from './provider.ts';
import {
  dueSetups,
  insertSetup,
  keepRef,
  keepSnapshot,
  markLooked,
  type Setup,
  type SetupOf,
  setupById,
  setupByRef,
  setupOf,
  takeOverSetup,
} from './setups-store.ts';

/**
 * The page of the provider's on which a creator sets their account up, or changes the bank behind it; good for some
 * minutes. The account is opened there the first time. Refuses with `confirmation_needed`, `not_found` or
 * `payout_provider_away`.
 */
export async function openSetUp(
  house: House,
  user: UserPrincipal,
  asked: { readonly accountId: Uuid; readonly returnUrl: string },
): Promise<string> {
  await requireConfirmed(house, user);
  const { setup, accounts } = await own(house, user, asked.accountId);
  const ref = setup.ref ?? (await open(house, accounts, setup));
  const page = await accounts.setUpPage(ref, asked.returnUrl);
  if (page.kind !== 'ok') throw new Refusal(PAYOUT_PROVIDER_AWAY);
  return page.value.url;
}

/** Asks the provider how far an account of one's own is. Refuses with `not_found` or `payout_provider_away`. */
export async function lookAtSetUp(house: House, user: UserPrincipal, accountId: Uuid): Promise<void> {
  const { setup } = await own(house, user, accountId);
  if (setup.ref !== null && !(await refresh(house, setup))) throw new Refusal(PAYOUT_PROVIDER_AWAY);
}

/** A provider said that an account changed. Whether that is known now. */
export async function setUpTold(house: House, payer: PayoutProvider, ref: string): Promise<boolean> {
  const setup = await setupByRef(house.db, { provider: payer.id, mode: payer.mode, ref });
  return setup === undefined || refresh(house, setup);
}

const LOOKED_AT_ONCE = 20;
const SETTLED_MS = 24 * 60 * MINUTE_MS;
const UNSETTLED_MS = 30 * MINUTE_MS;

/** Asks about accounts of which nothing was heard for long, whatever webhooks were lost. How many. */
export async function lookAtSetUps(house: House): Promise<number> {
  const nowMs = house.clock.now();
  const due = await dueSetups(house.db, {
    here: accountsKnown(house),
    readySince: new Date(nowMs - SETTLED_MS),
    otherSince: new Date(nowMs - UNSETTLED_MS),
    limit: LOOKED_AT_ONCE,
  });
  for (const setup of due) await refresh(house, setup);
  return 0;
}

/** The set-up of an account with one of the house's, looked at now; `isFresh` is false where the provider does not answer. */
export async function setUpNow(
  house: House,
  of: SetupOf,
): Promise<{ readonly setup: Setup | undefined; readonly isFresh: boolean }> {
  const before = await setupOf(house.db, of);
  if (before === undefined || before.ref === null) return { setup: before, isFresh: true };
  const isFresh = await refresh(house, before);
  return { setup: await setupOf(house.db, of), isFresh };
}

async function own(
  house: House,
  { userId }: UserPrincipal,
  accountId: Uuid,
): Promise<{ readonly setup: Setup; readonly accounts: PayoutAccounts }> {
  const known = await accountsOf(house.db, userId, accountsKnown(house));
  const account = known.find(({ id }) => id === accountId);
  if (account === undefined || account.setup === null) throw new Refusal(NOT_FOUND);
  const payer = payerFor(house, account.method);
  const at = payer === null ? null : await ownAccountAt(payer);
  if (payer?.accounts === undefined || at === null) throw new Refusal(PAYOUT_PROVIDER_AWAY);
  const of = { accountId, provider: payer.id, mode: payer.mode, house: at };
  const before = await setupOf(house.db, of);
  if (before?.house === null && before.ref === null) await takeOverSetup(house.db, before.id, at);
  // Whose it is shows when the provider knows it under our key.
  if (before?.house === null && before.ref !== null && !(await refresh(house, before))) {
    throw new Refusal(PAYOUT_PROVIDER_AWAY);
  }
  // One that was set up with another account of the house, or in another mode, begins anew with this one.
  await insertSetup(house.db, of);
  const setup = await setupOf(house.db, of);
  if (setup === undefined) throw new Error(`a set-up that was begun is gone: ${accountId}`);
  return { setup, accounts: payer.accounts };
}

/** Our row is there before anybody is asked; asked twice under its id, one account is opened. */
async function open(house: House, accounts: PayoutAccounts, setup: Setup): Promise<string> {
  const made = await accounts.open({
    accountId: setup.accountId,
    userRef: publicId('user', setup.userId),
    country: setup.country,
  });
  if (made.kind !== 'ok') throw new Refusal(PAYOUT_PROVIDER_AWAY);
  await keepRef(house.db, setup.id, made.value.ref);
  // Somebody else may have been first.
  return (await setupById(house.db, setup.id))?.ref ?? made.value.ref;
}

async function refresh(house: House, setup: Setup): Promise<boolean> {
  const payer = payerOf(house, setup);
  if (payer?.accounts === undefined || setup.ref === null) return false;
  const at = new Date(house.clock.now());
  const seen = await payer.accounts.fetch(setup.ref, setup.currency);
  if (seen.kind !== 'ok') {
    await markLooked(house.db, setup.id, at);
    return false;
  }
  const { payouts } = await currentPolicy(house.db, at.getTime());
  await keepSnapshot(house.db, setup.id, seen.value, {
    at,
    waitsUntil: new Date(at.getTime() + payouts.coolDownMs),
  });
  const own = setup.house === null && !seen.value.rejected ? await ownAccountAt(payer) : null;
  if (own !== null) await takeOverSetup(house.db, setup.id, own);
  return true;
}
