import type { Uuid } from '../../core/ids.ts';
import { oncePer } from '../../core/once-per.ts';
import type { House } from '../../house.ts';
import type { PayoutMethodName } from '../../policy/index.ts';
import { accountDetails } from '../store.ts';
import { btcpayPayouts } from './btcpay/provider.ts';
import { paypalPayouts } from './paypal/provider.ts';
import type { PayoutProvider } from './provider.ts';
import type { AccountsKnown } from './setups-store.ts';
import { stripePayouts } from './stripe/provider.ts';

/** Whoever pays creators here. */
export const payersOf = oncePer(({ config: { payments }, clock }: House): readonly PayoutProvider[] => [
  ...(payments.stripe === null || payments.stripe.connect === null
    ? []
    : [stripePayouts({ account: payments.stripe })]),
  ...(payments.btcpay === null || payments.btcpay.payouts === null
    ? []
    : [btcpayPayouts({ account: payments.btcpay, clock })]),
  ...(payments.paypal === null ? [] : [paypalPayouts({ account: payments.paypal, clock })]),
]);

/** Who pays by a method now; `null` when nobody does. */
export function payerFor(house: House, method: PayoutMethodName): PayoutProvider | null {
  return payersOf(house).find((payer) => payer.method === method) ?? null;
}

const accounts = new WeakMap<PayoutProvider, string>();
const asking = new WeakMap<PayoutProvider, Promise<string | null>>();

/**
 * The house's account at a provider, in the provider's own name; `null` while it does not say. A key is of one account: whoever
 * asks while somebody asks gets the same answer, so that no later one takes the place of what others went by.
 */
export function ownAccountAt(payer: PayoutProvider): Promise<string | null> {
  const known = accounts.get(payer);
  if (known !== undefined) return Promise.resolve(known);
  const asked = asking.get(payer) ?? askOwnAccount(payer).finally(() => asking.delete(payer));
  asking.set(payer, asked);
  return asked;
}

async function askOwnAccount(payer: PayoutProvider): Promise<string | null> {
  const told = await payer.ownAccount();
  if (told.kind !== 'ok') return null;
  accounts.set(payer, told.value);
  return told.value;
}

/** The accounts that creators are paid from here, as far as it is known without asking anybody. */
export function accountsKnown(house: House): AccountsKnown {
  const payers = payersOf(house);
  return {
    providers: payers.map(({ id }) => id),
    modes: payers.map(({ mode }) => mode),
    houses: payers.map((payer) => accounts.get(payer) ?? null),
  };
}

/** Who was asked then; `null` when this house has nothing to do with them any more. */
export function payerOf(
  house: House,
  { provider, mode }: { readonly provider: string; readonly mode: string },
): PayoutProvider | null {
  return payersOf(house).find((payer) => payer.id === provider && payer.mode === mode) ?? null;
}

/** Whether an account that a creator gave can be paid to; what is set up with a provider, its set-up tells. */
export async function paysTo(house: House, method: PayoutMethodName, accountId: Uuid): Promise<boolean> {
  const payer = payerFor(house, method);
  if (payer?.addressOf === undefined) return true;
  const details = await accountDetails(house.db, accountId);
  return details !== undefined && payer.addressOf(details) !== null;
}
