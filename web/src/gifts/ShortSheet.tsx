import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import type { Session } from '../api/session.ts';
import { Coins, Money } from '../ui/Amount.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { packsQuery } from '../wallet/wallet-api.ts';

interface ShortSheetProps {
  /** Coins that are missing; `null` closes the sheet. */
  readonly missing: bigint | null;
  readonly coin: Session['site']['coin'];
  readonly onClose: () => void;
  /** Where to come back to: this stage, with the gift still chosen. */
  readonly returnTo: string;
}

/** Not enough Coins: the exact amount first, then the next packs, the gift stays chosen. */
export function ShortSheet({ missing, coin, onClose, returnTo }: ShortSheetProps) {
  const packs = useQuery({ ...packsQuery, enabled: missing !== null });
  const exactly = useRef<HTMLAnchorElement>(null);
  const least = BigInt(packs.data?.exact.min.units ?? 10);
  const exact = missing === null ? 0n : missing < least ? least : missing;
  const larger = (packs.data?.packs ?? []).filter((pack) => BigInt(pack.coins.units) > exact).slice(0, 2);
  const priceOf = (coins: bigint) => {
    const numerator = BigInt(coin.moneyPerCoin.numerator);
    const denominator = BigInt(coin.moneyPerCoin.denominator);
    return (coins * numerator + denominator - 1n) / denominator;
  };
  return (
    <Sheet
      open={missing !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={
        missing === null
          ? 'More Coins'
          : `You need ${missing.toLocaleString('en-US')} more ${missing === 1n ? 'Coin' : 'Coins'}`
      }
      first={exactly}
      description="Your gift stays chosen while you top up."
    >
      <div className="grid gap-2">
        <Link
          ref={exactly}
          to="/wallet/top-up"
          search={{ exact: exact.toString(), return: returnTo }}
          {...buttonLook({ kind: 'primary', size: 'lg', wide: true })}
        >
          Top up exactly {exact.toLocaleString('en-US')}
          <Money units={priceOf(exact)} className="ml-auto" />
        </Link>
        {larger.map((pack) => (
          <Link
            key={pack.id}
            to="/wallet/top-up"
            search={{ exact: pack.coins.units, return: returnTo }}
            {...buttonLook({ kind: 'ghost', size: 'lg', wide: true })}
          >
            <Coins units={BigInt(pack.coins.units)} />
            <Money units={BigInt(pack.price.units)} className="ml-auto" />
          </Link>
        ))}
        <Link to="/wallet/top-up" search={{ return: returnTo }} {...buttonLook({ kind: 'bare', wide: true })}>
          Another amount
        </Link>
      </div>
    </Sheet>
  );
}
