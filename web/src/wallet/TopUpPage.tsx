import { type UseQueryResult, useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import {
  ArrowLeft,
  Bitcoin,
  CircleAlert,
  CreditCard,
  FlaskConical,
  ShieldCheck,
  Smartphone,
} from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { api } from '../api/client.ts';
import { freshKey } from '../api/fresh-key.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { sessionQuery, useMe, useSession } from '../api/session.ts';
import { useCoins } from '../api/wallet.ts';
import { Checks } from '../identity/Checks.tsx';
import { explainQuery } from '../identity/people-api.ts';
import { Signed } from '../identity/Signed.tsx';
import { LimitLine } from '../spending/LimitLine.tsx';
import { Coins, Diamonds, Money } from '../ui/Amount.tsx';
import { groupDigits, moneyText } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { CoinGlyph, DiamondGlyph } from '../ui/Glyph.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { Segment } from '../ui/Segment.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import {
  type Choice,
  chosenAtFirst,
  coinShelf,
  diamondShelf,
  offerText,
  orderBody,
  priced,
  type Shelf,
  WARE_NAMES,
  type Ware,
} from './choice.ts';
import { dropOrderKey, keepOrderId, orderKey } from './pending-order.ts';
import {
  diamondPacksQuery,
  type Order,
  type PayMethod,
  type PaymentWay,
  packsQuery,
  paymentWaysQuery,
} from './wallet-api.ts';
import './wallet.css';

const route = getRouteApi('/wallet/top-up');

/** Buys Coins or Diamonds: a pack, or exactly as many as are wanted, at one price, paid in one of several ways. */
export function TopUpPage() {
  return (
    <Signed title="Top up" why="Sign in to buy Coins and Diamonds.">
      {() => <Counter />}
    </Signed>
  );
}

function Counter() {
  const { return: back = '/wallet', ware: wareFirst = 'coins' } = route.useSearch();
  const [ware, setWare] = useState<Ware>(wareFirst);
  const coins = useCoins();
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
      <div className="mb-4 flex">
        <Segment
          label="What you buy"
          items={[
            { value: 'coins', label: 'Coins' },
            { value: 'diamonds', label: 'Diamonds' },
          ]}
          value={ware}
          onChange={setWare}
        />
      </div>
      {ware === 'coins' ? <CoinCounter back={back} /> : <DiamondCounter back={back} />}
    </div>
  );
}

interface CounterProps {
  readonly back: string;
}

function CoinCounter({ back }: CounterProps) {
  const packs = useQuery(packsQuery);
  const perCoin = useSession()?.site.coin.moneyPerCoin;
  const shelf = packs.data && perCoin ? coinShelf(packs.data, perCoin) : null;
  return (
    <Prices query={packs}>{shelf === null ? null : <Till key="coins" shelf={shelf} back={back} />}</Prices>
  );
}

function DiamondCounter({ back }: CounterProps) {
  const packs = useQuery(diamondPacksQuery);
  const shelf = packs.data ? diamondShelf(packs.data) : null;
  return (
    <Prices query={packs}>{shelf === null ? null : <Till key="diamonds" shelf={shelf} back={back} />}</Prices>
  );
}

interface PricesProps {
  readonly query: {
    readonly isError: boolean;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  /** What is sold, `null` until it is known. */
  readonly children: ReactNode;
}

function Prices({ query, children }: PricesProps) {
  if (children !== null) return children;
  if (query.isError) {
    return (
      <ErrorCard
        title="The prices could not be read, so nothing can be bought now."
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return (
    <div className="counter">
      <Skeleton height={420} className="rounded-[22px]!" />
      <Skeleton height={260} className="rounded-[22px]!" />
    </div>
  );
}

interface TillProps {
  readonly shelf: Shelf;
  readonly back: string;
}

function Till({ shelf, back }: TillProps) {
  const { exact, pay } = route.useSearch();
  const [choice, setChoice] = useState<Choice>(() => chosenAtFirst(shelf, exact));
  const ways = useQuery(paymentWaysQuery);
  const [wanted, setWanted] = useState<PayMethod | null>(pay ?? null);
  const way = chosenWay(ways.data ?? [], wanted);
  const offer = priced(choice, shelf);
  const navigate = useNavigate();
  const order = useMutation({
    mutationFn: async () => {
      if ('wrong' in offer || way === null) throw new Error('nothing is chosen');
      const body = orderBody(offer, way.method, back);
      const key = orderKey(sessionStorage, body, freshKey);
      const answer = await api.post<{ order: Order }>('/orders', body, { key });
      keepOrderId(sessionStorage, answer.order.id);
      return answer.order;
    },
    onSuccess: (made) => {
      // Where crypto goes is shown on our own page.
      if (made.checkoutUrl === null || made.method === 'crypto') {
        void navigate({ to: '/wallet/orders/$id', params: { id: made.id }, search: { return: back } });
      } else {
        window.location.assign(made.checkoutUrl);
      }
    },
    onError: (error) => {
      const problem = ApiProblem.of(error);
      // Refused is not ordered. Not heard may be: then the key stays, and a second press asks for the same order.
      if (!isOpenQuestion(problem)) dropOrderKey(sessionStorage);
      if (problem.code === 'price_changed') {
        void queryClient.invalidateQueries({ queryKey: packsQuery.queryKey });
        void queryClient.invalidateQueries({ queryKey: diamondPacksQuery.queryKey });
        void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
      }
      if (problem.code === 'payment_provider_unavailable') {
        void queryClient.invalidateQueries({ queryKey: paymentWaysQuery.queryKey });
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

  const signedIn = useMe() != null;
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!('wrong' in offer)) order.mutate();
    else document.getElementById('exact-count')?.focus();
  };
  const name = WARE_NAMES[shelf.ware];
  return (
    <form className="counter" onSubmit={submit} noValidate>
      <section className="card">
        <fieldset>
          <legend className="font-display text-[18px] font-[650]">How many {name}</legend>
          <div className="packs">
            {shelf.packs.map((pack) => (
              <label key={pack.id}>
                <input
                  type="radio"
                  name="pack"
                  checked={choice.kind === 'pack' && choice.packId === pack.id}
                  onChange={() => setChoice({ ...choice, kind: 'pack', packId: pack.id })}
                />
                <b>
                  <Count ware={shelf.ware} count={pack.count} />
                </b>
                <span className="price">
                  <Money units={pack.cents} />
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <Exact shelf={shelf} choice={choice} offer={offer} complain={tried} onChange={setChoice} />
        <p className="mt-4 text-sm text-fg-3">{aboutPrices(shelf)}</p>
        <Ways query={ways} chosen={way?.method ?? null} onChange={setWanted} />
      </section>
      <div className="till">
        <section className="card" aria-labelledby="pay">
          <h2 id="pay" className="text-lg!">
            You pay
          </h2>
          <dl className="sums mt-2">
            <div>
              <dt>{'wrong' in offer ? name : offerText(offer)}</dt>
              <dd>
                <Money units={'wrong' in offer ? null : offer.cents} />
              </dd>
            </div>
            <div>
              <dt>Tax</dt>
              <dd className="text-fg-2">None added</dd>
            </div>
            <div className="total">
              <dt>Total</dt>
              <dd>
                <Money units={'wrong' in offer ? null : offer.cents} />
              </dd>
            </div>
          </dl>
          {signedIn ? <LimitLine cents={'wrong' in offer ? null : offer.cents} /> : null}
          {order.isError ? <Refused error={order.error} /> : null}
          <MayBuy>
            <div className="mt-4">
              <Button
                type="submit"
                kind="primary"
                size="lg"
                wide
                busy={order.isPending || order.isSuccess}
                disabled={way === null}
              >
                {'wrong' in offer ? 'Pay' : `Pay ${moneyText(offer.cents)}`}
              </Button>
            </div>
          </MayBuy>
        </section>
        <p className="fine px-2">
          <ShieldCheck aria-hidden />
          {way?.method === 'crypto'
            ? 'The price in crypto is fixed for 15 minutes. What you see here is the whole price; your wallet may add its network’s fee.'
            : 'You pay on the provider’s own page. What you see here is the whole price; nothing is added there.'}
        </p>
        {way === null || way.mode === 'live' ? null : (
          <p className="fine px-2">
            <FlaskConical aria-hidden />
            This site tries things out: no real money moves.
          </p>
        )}
      </div>
    </form>
  );
}

/** The way that was asked for if it is open, else the first that is. */
function chosenWay(ways: readonly PaymentWay[], wanted: PayMethod | null): PaymentWay | null {
  const open = ways.filter(({ available }) => available);
  return open.find(({ method }) => method === wanted) ?? open[0] ?? null;
}

interface WaysProps {
  readonly query: UseQueryResult<readonly PaymentWay[]>;
  readonly chosen: PayMethod | null;
  readonly onChange: (method: PayMethod) => void;
}

/** How to pay. Whoever does not answer just now says so. */
function Ways({ query, chosen, onChange }: WaysProps) {
  if (query.data === undefined) {
    return query.isError ? (
      <div className="mt-5">
        <ErrorCard
          title="The ways to pay could not be read."
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      </div>
    ) : (
      <Skeleton height={64} className="mt-5 rounded-[18px]!" />
    );
  }
  if (query.data.length === 0) {
    return (
      <p className="mt-5 border-t border-line-soft pt-4">
        <b>Nothing can be bought here yet.</b> No payment provider is set up on this site.
      </p>
    );
  }
  return (
    <fieldset className="ways">
      <legend className="font-display text-[18px] font-[650]">Pay with</legend>
      <div className="choices">
        {query.data.map(({ method, available }) => (
          <label key={method} data-away={available ? undefined : ''}>
            <input
              type="radio"
              name="way"
              checked={chosen === method}
              disabled={!available}
              onChange={() => onChange(method)}
            />
            {WAY_ICONS[method]}
            <span>
              {WAY_NAMES[method]}
              {available ? null : <small>Not available now</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

const WAY_NAMES = { card: 'Card', wallet: 'Apple Pay or Google Pay', crypto: 'Crypto' } as const;
const WAY_ICONS = {
  card: <CreditCard aria-hidden />,
  wallet: <Smartphone aria-hidden />,
  crypto: <Bitcoin aria-hidden />,
} as const;

function Count({ ware, count }: { readonly ware: Ware; readonly count: bigint }) {
  return ware === 'coins' ? <Coins units={count} /> : <Diamonds units={count * 1_000n} />;
}

interface ExactProps {
  readonly shelf: Shelf;
  readonly choice: Choice;
  readonly offer: ReturnType<typeof priced>;
  /** Whether an unfinished amount is complained about yet. */
  readonly complain: boolean;
  readonly onChange: (choice: Choice) => void;
}

function Exact({ shelf, choice, offer, complain, onChange }: ExactProps) {
  const id = useId();
  const chosen = choice.kind === 'exact';
  const [left, setLeft] = useState(false);
  const wrong = chosen && 'wrong' in offer && (complain || left) ? offer.wrong : undefined;
  const pick = (text: string) => onChange({ ...choice, kind: 'exact', text });
  return (
    <div className="exact" data-chosen={chosen ? '' : undefined}>
      <label htmlFor="exact-count">Or exactly as many as you need</label>
      <span className="box">
        {shelf.ware === 'coins' ? <CoinGlyph /> : <DiamondGlyph />}
        <input
          id="exact-count"
          inputMode="numeric"
          autoComplete="off"
          maxLength={12}
          value={choice.text}
          placeholder={shelf.min.toString()}
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
          {groupDigits(shelf.min)} to {groupDigits(shelf.max)}, {shelf.each} each
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

const LOOK_AGAIN_MS = 10_000;

/** The button, or why there is none. */
function MayBuy({ children }: { readonly children: ReactNode }) {
  const gate = useQuery({
    ...explainQuery('buy'),
    // What stands in the way may end by itself: an order runs out, a provider answers again.
    refetchInterval: ({ state }) => (state.data?.passed === false ? LOOK_AGAIN_MS : false),
  });
  const { exact, return: back, ware, pay } = route.useSearch();
  if (gate.data?.passed !== false) return children;
  const { checks } = gate.data;
  const stands = (...codes: readonly string[]) =>
    checks.some(({ passed, code }) => !passed && codes.includes(code));
  const here = new URLSearchParams({
    ...(exact === undefined ? {} : { exact }),
    ...(ware === undefined ? {} : { ware }),
    ...(pay === undefined ? {} : { pay }),
    ...(back === undefined ? {} : { return: back }),
  }).toString();
  return (
    <div className="mt-4 grid gap-4 border-t border-line-soft pt-4">
      <b>You cannot buy anything now</b>
      <Checks checks={checks.filter((check) => !check.passed)} />
      {stands('too_many_open_orders') ? (
        <Link to="/wallet" {...buttonLook({ kind: 'soft', wide: true })}>
          See your orders
        </Link>
      ) : null}
      {stands('spending_limit_reached') ? (
        <Link to="/wallet/limits" {...buttonLook({ kind: 'soft', wide: true })}>
          See your limits
        </Link>
      ) : null}
      {stands('age_unknown', 'under_age') ? (
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

/** Whether the order may have arrived. A provider that is away was not asked: nothing was ordered. */
function isOpenQuestion({ unheard, code }: ApiProblem): boolean {
  return unheard && code !== 'payment_provider_unavailable';
}

function Refused({ error }: { readonly error: unknown }) {
  const problem = ApiProblem.of(error);
  const unheard = isOpenQuestion(problem);
  return (
    <div className="mt-4">
      <ErrorCard
        title={unheard ? 'We do not know yet whether your order arrived.' : 'Nothing was ordered.'}
        error={
          unheard
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

function aboutPrices({ ware, packs, each }: Shelf): string {
  if (ware === 'diamonds') {
    return `A Diamond costs what it is worth today: ${each}, rounded up to a whole cent. Gifts and questions take Coins; nothing here takes bought Diamonds yet. They stay yours until something does, and they are not paid out.`;
  }
  return packs.every((pack) => pack.each === each)
    ? `Every Coin costs ${each}, in a pack of any size or one by one. More is not cheaper.`
    : `An exact amount costs ${each} a Coin; packs have their own price.`;
}
