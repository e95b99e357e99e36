import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, CircleAlert, ShieldCheck } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { api } from '../api/client.ts';
import { freshKey } from '../api/fresh-key.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { sessionQuery, useSession } from '../api/session.ts';
import { useCoins } from '../api/wallet.ts';
import { Checks } from '../identity/Checks.tsx';
import { explainQuery } from '../identity/people-api.ts';
import { Signed } from '../identity/Signed.tsx';
import { AmountText, Coins, Money } from '../ui/Amount.tsx';
import { groupDigits, moneyText } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { CoinGlyph } from '../ui/Glyph.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { type Choice, chosenAtFirst, orderBody, priced } from './choice.ts';
import { dropOrderKey, keepOrderId, orderKey } from './pending-order.ts';
import { type CoinPacks, type Order, packsQuery } from './wallet-api.ts';
import './wallet.css';

const route = getRouteApi('/wallet/top-up');

/** Buys Coins: a pack, or exactly as many as are wanted, at one price. */
export function TopUpPage() {
  return (
    <Signed title="Top up" why="Sign in to buy Coins.">
      {() => <Counter />}
    </Signed>
  );
}

function Counter() {
  const { return: back = '/wallet' } = route.useSearch();
  const coins = useCoins();
  const packs = useQuery(packsQuery);
  const perCoin = useSession()?.site.coin.moneyPerCoin;
  return (
    <div className="page-body">
      <a href={back} className="back-link">
        <ArrowLeft aria-hidden />
        {back.startsWith('/live/') ? 'Back to the stage' : back === '/wallet' ? 'Wallet' : 'Back'}
      </a>
      <PageHead
        title="Top up"
        sub={
          <>
            You have <Coins units={coins} className="font-[650] text-fg" />
          </>
        }
      />
      {packs.data && perCoin ? (
        <Shelf packs={packs.data} perCoin={perCoin} back={back} />
      ) : packs.isError ? (
        <ErrorCard
          title="The prices could not be read, so nothing can be bought now."
          error={packs.error}
          onRetry={() => void packs.refetch()}
        />
      ) : (
        <div className="counter">
          <Skeleton height={420} className="rounded-[22px]!" />
          <Skeleton height={260} className="rounded-[22px]!" />
        </div>
      )}
    </div>
  );
}

interface ShelfProps {
  readonly packs: CoinPacks;
  readonly perCoin: { readonly numerator: string; readonly denominator: string };
  readonly back: string;
}

function Shelf({ packs, perCoin, back }: ShelfProps) {
  const { exact } = route.useSearch();
  const [choice, setChoice] = useState<Choice>(() => chosenAtFirst(packs, exact));
  const offer = priced(choice, packs, perCoin);
  const navigate = useNavigate();
  const order = useMutation({
    mutationFn: async () => {
      if ('wrong' in offer) throw new Error('nothing is chosen');
      const body = orderBody(offer, back);
      const key = orderKey(sessionStorage, body, freshKey);
      const answer = await api.post<{ order: Order }>('/orders', body, { key });
      keepOrderId(sessionStorage, answer.order.id);
      return answer.order;
    },
    onSuccess: (made) => {
      if (made.checkoutUrl === null) {
        void navigate({ to: '/wallet/orders/$id', params: { id: made.id }, search: { return: back } });
      } else {
        window.location.assign(made.checkoutUrl);
      }
    },
    onError: (error) => {
      const problem = ApiProblem.of(error);
      // Refused is not ordered. Not heard may be: then the key stays, and a second press asks for the same order.
      if (!problem.unheard) dropOrderKey(sessionStorage);
      if (problem.code === 'price_changed') {
        void queryClient.invalidateQueries({ queryKey: packsQuery.queryKey });
        void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      }
    },
  });
  useEffect(() => {
    // Back from the payment page, the browser shows this page as it was left: with its button busy.
    const shown = (event: PageTransitionEvent) => {
      if (event.persisted) order.reset();
    };
    window.addEventListener('pageshow', shown);
    return () => window.removeEventListener('pageshow', shown);
  }, [order.reset]);

  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!('wrong' in offer)) order.mutate();
    else document.getElementById('exact-coins')?.focus();
  };
  return (
    <form className="counter" onSubmit={submit} noValidate>
      <section className="card">
        <fieldset>
          <legend className="font-display text-[18px] font-[650]">How many Coins</legend>
          <div className="packs">
            {packs.packs.map((pack) => (
              <label key={pack.id}>
                <input
                  type="radio"
                  name="coins"
                  checked={choice.kind === 'pack' && choice.packId === pack.id}
                  onChange={() => setChoice({ ...choice, kind: 'pack', packId: pack.id })}
                />
                <b>
                  <AmountText amount={pack.coins} />
                </b>
                <span className="price">
                  <AmountText amount={pack.price} />
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <Exact packs={packs} choice={choice} offer={offer} complain={tried} onChange={setChoice} />
        <p className="mt-4 text-sm text-fg-3">{sameEverywhere(packs)}</p>
      </section>
      <div className="till">
        <section className="card" aria-labelledby="pay">
          <h2 id="pay" className="text-lg!">
            You pay
          </h2>
          <dl className="sums mt-2">
            <div>
              <dt>{'wrong' in offer ? 'Coins' : `${groupDigits(offer.coins)} Coins`}</dt>
              <dd>
                <Money units={'wrong' in offer ? null : offer.cents} />
              </dd>
            </div>
            <div>
              <dt>Tax</dt>
              <dd>
                <Money units={'wrong' in offer ? null : 0n} />
              </dd>
            </div>
            <div className="total">
              <dt>Total</dt>
              <dd>
                <Money units={'wrong' in offer ? null : offer.cents} />
              </dd>
            </div>
          </dl>
          {order.isError ? <Refused error={order.error} /> : null}
          <MayBuy>
            <div className="mt-4">
              <Button type="submit" kind="primary" size="lg" wide busy={order.isPending || order.isSuccess}>
                {'wrong' in offer ? 'Pay' : `Pay ${moneyText(offer.cents)}`}
              </Button>
            </div>
          </MayBuy>
        </section>
        <p className="fine px-2">
          <ShieldCheck aria-hidden />
          You pay on the provider’s own page. What you see here is the whole price; nothing is added there.
        </p>
      </div>
    </form>
  );
}

interface ExactProps {
  readonly packs: CoinPacks;
  readonly choice: Choice;
  readonly offer: ReturnType<typeof priced>;
  /** Whether an unfinished amount is complained about yet. */
  readonly complain: boolean;
  readonly onChange: (choice: Choice) => void;
}

function Exact({ packs, choice, offer, complain, onChange }: ExactProps) {
  const id = useId();
  const chosen = choice.kind === 'exact';
  const [left, setLeft] = useState(false);
  const wrong = chosen && 'wrong' in offer && (complain || left) ? offer.wrong : undefined;
  const pick = (text: string) => onChange({ ...choice, kind: 'exact', text });
  return (
    <div className="exact" data-chosen={chosen ? '' : undefined}>
      <label htmlFor="exact-coins">Or exactly as many as you need</label>
      <span className="box">
        <CoinGlyph />
        <input
          id="exact-coins"
          inputMode="numeric"
          autoComplete="off"
          maxLength={12}
          value={choice.text}
          placeholder={packs.exact.min.units}
          onFocus={() => {
            if (choice.text !== '') pick(choice.text);
          }}
          onBlur={() => setLeft(choice.text !== '')}
          onChange={(event) => pick(event.target.value)}
          aria-invalid={wrong === undefined ? undefined : true}
          aria-describedby={wrong === undefined ? `${id}-hint` : `${id}-wrong`}
        />
      </span>
      <span className="price" aria-live="polite">
        {chosen && !('wrong' in offer) ? <Money units={offer.cents} /> : null}
      </span>
      {wrong === undefined ? (
        <span className="hint" id={`${id}-hint`}>
          {groupDigits(BigInt(packs.exact.min.units))} to {groupDigits(BigInt(packs.exact.max.units))},{' '}
          {packs.exact.perCoin} each
        </span>
      ) : (
        <span className="wrong" id={`${id}-wrong`} role="alert">
          <CircleAlert aria-hidden />
          {wrong}
        </span>
      )}
    </div>
  );
}

/** The button, or why there is none. */
function MayBuy({ children }: { readonly children: ReactNode }) {
  const gate = useQuery(explainQuery('buy'));
  const { exact, return: back } = route.useSearch();
  if (gate.data?.passed !== false) return children;
  const yours = gate.data.checks.some(
    (check) => !check.passed && (check.code === 'age_unknown' || check.code === 'under_age'),
  );
  const here = new URLSearchParams({
    ...(exact === undefined ? {} : { exact }),
    ...(back === undefined ? {} : { return: back }),
  }).toString();
  return (
    <div className="mt-4 grid gap-4 border-t border-line-soft pt-4">
      <b>You cannot buy Coins yet</b>
      <Checks checks={gate.data.checks.filter((check) => !check.passed)} />
      {yours ? (
        <Link
          to="/age"
          search={{ return: `/wallet/top-up${here === '' ? '' : `?${here}`}` }}
          {...buttonLook({ kind: 'primary', wide: true })}
        >
          See your age
        </Link>
      ) : null}
    </div>
  );
}

function Refused({ error }: { readonly error: unknown }) {
  const problem = ApiProblem.of(error);
  return (
    <div className="mt-4">
      <ErrorCard
        title={problem.unheard ? 'We do not know yet whether your order arrived.' : 'Nothing was ordered.'}
        error={
          problem.unheard
            ? new ApiProblem({
                ...problem,
                detail: problem.detail,
                remedy: 'Press Pay again: it asks for the same order, never for a second one.',
              })
            : problem
        }
      />
    </div>
  );
}

function sameEverywhere({ packs, exact }: CoinPacks): string {
  return packs.every((pack) => pack.perCoin === exact.perCoin)
    ? `Every Coin costs ${exact.perCoin}, in a pack of any size or one by one. More is not cheaper.`
    : `An exact amount costs ${exact.perCoin} a Coin; packs have their own price.`;
}
