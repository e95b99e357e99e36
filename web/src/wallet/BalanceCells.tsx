import { Link } from '@tanstack/react-router';
import { CircleCheck, Hourglass, ShoppingBag } from 'lucide-react';
import type { ReactNode } from 'react';
import { useSession } from '../api/session.ts';
import type { Wallet } from '../api/wallet.ts';
import { AmountText } from '../ui/Amount.tsx';
import type { Amount } from '../ui/amounts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { CoinGlyph, DiamondGlyph } from '../ui/Glyph.tsx';
import { How } from '../ui/How.tsx';
import { ratioText } from '../ui/ratios.ts';

/** What a person may spend on gifts. */
export function CoinsCell({ wallet }: { readonly wallet: Wallet }) {
  const perCoin = useSession()?.site.coin.moneyPerCoin;
  const none = wallet.coins.units === '0';
  return (
    <section className="cell" data-look="coin" aria-labelledby="coins">
      <h2 id="coins">
        <CoinGlyph />
        Coins
      </h2>
      <p className="sum" data-size="big">
        <AmountText amount={wallet.coins} />
      </p>
      <p className="worth">
        {none ? (
          'No Coins yet. The smallest top-up is about fifty cents.'
        ) : (
          <>
            <AmountText amount={wallet.coinsMoney} estimate /> at today’s price
          </>
        )}
      </p>
      <div className="mt-auto pt-3">
        {none ? (
          <Link
            to="/wallet/top-up"
            search={{ return: '/wallet' }}
            {...buttonLook({ kind: 'primary', size: 'sm' })}
          >
            Get your first Coins
          </Link>
        ) : (
          <How
            lines={[
              {
                label: 'Your Coins',
                value: <AmountText amount={wallet.coins} />,
                note: 'Every top-up less every gift; the statement below has each of them',
              },
              ...(perCoin === undefined
                ? []
                : [
                    {
                      label: 'Price of one Coin',
                      value: `${ratioText(perCoin)}¢`,
                      note: 'The same at every size',
                    },
                  ]),
              {
                label: 'At that price',
                value: <AmountText amount={wallet.coinsMoney} estimate />,
                note: 'Coins are for gifts. They are not paid out.',
              },
            ]}
          />
        )}
      </div>
    </section>
  );
}

/** Bought Diamonds, and earned ones in the two states they pass through. */
export function DiamondsCell({ wallet, earns }: { readonly wallet: Wallet; readonly earns: boolean }) {
  const { purchased, purchasedMoney, pending, pendingMoney, available, availableMoney } = wallet.diamonds;
  const shown = earns || pending.units !== '0' || available.units !== '0';
  const bought = purchased.units !== '0';
  return (
    <section className="cell" aria-labelledby="diamonds">
      <h2 id="diamonds">
        <DiamondGlyph />
        Diamonds
      </h2>
      {shown || bought ? (
        <dl className="trio">
          {bought ? (
            <Balance
              icon={<ShoppingBag aria-hidden />}
              word="Purchased"
              amount={purchased}
              money={purchasedMoney}
              note="Yours to keep. Gifts take Coins, and nothing takes these yet; they are not paid out."
            />
          ) : null}
          {shown ? (
            <>
              <Balance
                icon={<Hourglass aria-hidden />}
                word="Pending"
                amount={pending}
                money={pendingMoney}
                note="Earned; each gift has its date."
              />
              <Balance
                icon={<CircleCheck aria-hidden />}
                word="Available"
                amount={available}
                money={availableMoney}
                note="Earned and matured."
              />
            </>
          ) : null}
        </dl>
      ) : (
        <p className="mt-3 max-w-[62ch] text-fg-2">
          Creators earn Diamonds from the gifts they are sent. A Diamond has a price in money that anyone can
          look up.
        </p>
      )}
      <p className="foot flex flex-wrap gap-x-4 gap-y-1">
        <Link to="/rates" className="text-link">
          What a Diamond is worth
        </Link>
        {earns ? (
          <Link to="/studio/earnings" className="text-link">
            Earnings
          </Link>
        ) : null}
      </p>
    </section>
  );
}

interface BalanceProps {
  readonly icon: ReactNode;
  readonly word: string;
  readonly amount: Amount;
  readonly money: Amount;
  readonly note: string;
}

function Balance({ icon, word, amount, money, note }: BalanceProps) {
  return (
    <div>
      <dt>
        {icon}
        {word}
      </dt>
      <dd>
        <p className="sum">
          <AmountText amount={amount} />
        </p>
        <p className="worth">
          <AmountText amount={money} estimate />
        </p>
        <small>{note}</small>
      </dd>
    </div>
  );
}
