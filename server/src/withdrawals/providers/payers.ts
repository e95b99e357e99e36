import { oncePer } from '../../core/once-per.ts';
import type { House } from '../../house.ts';
import type { PayoutMethodName } from '../../policy/index.ts';
import type { PayoutProvider } from './provider.ts';
import { stripePayouts } from './stripe/provider.ts';

/** Whoever pays creators here. */
export const payersOf = oncePer(({ config: { payments } }: House): readonly PayoutProvider[] => [
  ...(payments.stripe === null || payments.stripe.connect === null
    ? []
    : [stripePayouts({ account: payments.stripe })]),
]);

/** Who pays by a method now; `null` when nobody does. */
export function payerFor(house: House, method: PayoutMethodName): PayoutProvider | null {
  return payersOf(house).find((payer) => payer.method === method) ?? null;
}

/** Who was asked then; `null` when this house has nothing to do with them any more. */
export function payerOf(
  house: House,
  { provider, mode }: { readonly provider: string; readonly mode: string },
): PayoutProvider | null {
  return payersOf(house).find((payer) => payer.id === provider && payer.mode === mode) ?? null;
}
