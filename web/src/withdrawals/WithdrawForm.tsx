import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { CalendarClock, CircleAlert, Landmark } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { freshKey } from '../api/fresh-key.ts';
import { ApiProblem } from '../api/problem.ts';
import { earningsQuery } from '../earnings/earnings-api.ts';
import { diamondText } from '../ui/amounts.ts';
import { Button, buttonLook } from '../ui/Button.tsx';
import { calendarDayText } from '../ui/dates.ts';
import { DiamondGlyph } from '../ui/Glyph.tsx';
import { notifyDone } from '../ui/notify.ts';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { readDiamonds, writeDiamonds } from './amount-input.ts';
import { CoinWarning } from './CoinWarning.tsx';
import { Confirm } from './Confirm.tsx';
import { QuoteRing } from './QuoteRing.tsx';
import {
  askQuote,
  askWithdrawal,
  type Methods,
  methodsQuery,
  type PayoutAccount,
  type Quote,
  withdrawalsChanged,
} from './withdrawals-api.ts';

/** Amount, account, quote, confirmation: the whole way to a withdrawal. */
export function WithdrawForm() {
  const methods = useQuery(methodsQuery);
  const earnings = useQuery(earningsQuery);
  const failed = methods.error ?? earnings.error;
  if (methods.data !== undefined && earnings.data !== undefined) {
    if (methods.data.accounts.length === 0) return <NoAccount />;
    return <Ask methods={methods.data} available={BigInt(earnings.data.available.units)} />;
  }
  if (failed !== null) {
    const retry = () => {
      void methods.refetch();
      void earnings.refetch();
    };
    return <ErrorCard title="What you can withdraw could not be read." error={failed} onRetry={retry} />;
  }
  return <Skeleton height={300} />;
}

function NoAccount() {
  return (
    <div className="grid gap-4">
      <p className="text-fg-2">
        Before the first withdrawal we need to know where your money should go: an account in your own name.
      </p>
      <Link to="/studio/payout-methods" {...buttonLook({ kind: 'primary', size: 'lg', wide: true })}>
        Add an account
      </Link>
    </div>
  );
}

function Ask({ methods, available }: { readonly methods: Methods; readonly available: bigint }) {
  const navigate = useNavigate();
  const id = useId();
  const first = methods.accounts.find(
    ({ usable, available: reached, setUp }) =>
      usable && reached && (setUp === null || setUp.state === 'ready'),
  );
  const [accountId, setAccountId] = useState((first ?? methods.accounts[0])?.id ?? '');
  const [text, setText] = useState('');
  const [confirming, setConfirming] = useState(false);
  // One key for one quote: however often it is sent, it is asked for once.
  const key = useRef({ quote: '', key: '' });
  const account = methods.accounts.find((one) => one.id === accountId);
  const least = BigInt(methods.methods.find((one) => one.method === account?.method)?.least.units ?? '0');
  const units = readDiamonds(text);
  const quote = useMutation({ mutationFn: askQuote });
  const [expired, setExpired] = useState(false);
  const send = useMutation({
    mutationFn: (held: Quote) => {
      if (key.current.quote !== held.id) key.current = { quote: held.id, key: freshKey() };
      return askWithdrawal(held.id, key.current.key);
    },
    onSuccess: (withdrawal) => {
      void withdrawalsChanged();
      notifyDone(`Asked for ${withdrawal.get.display}. You can cancel until it is sent.`);
      void navigate({ to: '/studio/payouts/$id', params: { id: withdrawal.id } });
    },
    onError: (error) => {
      setConfirming(false);
      if (ApiProblem.of(error).code === 'quote_expired') setExpired(true);
    },
  });

  const wrong =
    text === '' || units === null
      ? text === ''
        ? undefined
        : 'A number of Diamonds, like 2,000.'
      : units < least
        ? `Minimum ${diamondText(least)}.`
        : units > available
          ? `You have ${diamondText(available)} available.`
          : undefined;
  const askable = units !== null && wrong === undefined && account !== undefined;
  const { mutate: ask, reset } = quote;
  useEffect(() => {
    reset();
    setExpired(false);
    if (!askable || units === null) return;
    // Whoever types is not asked about after.
    const timer = setTimeout(() => ask({ diamondUnits: units.toString(), accountId }), 350);
    return () => clearTimeout(timer);
  }, [askable, units, accountId, ask, reset]);
  const renew = () => {
    setExpired(false);
    if (units !== null) ask({ diamondUnits: units.toString(), accountId });
  };
  const refused = quote.error === null ? null : ApiProblem.of(quote.error);
  const failed = send.error === null ? null : ApiProblem.of(send.error);

  if (confirming && quote.data !== undefined) {
    return (
      <>
        <QuoteLines
          quote={quote.data}
          address={account?.address ?? null}
          expired={expired}
          onExpired={() => setExpired(true)}
          onRenew={renew}
        />
        {account === undefined || account.address === null ? null : <CoinWarning address={account.address} />}
        {expired ? null : (
          <Confirm
            label={`Withdraw ${quote.data.get.display}`}
            busy={send.isPending}
            onBack={() => setConfirming(false)}
            onConfirmed={() => send.mutate(quote.data)}
          />
        )}
      </>
    );
  }
  return (
    <>
      <div className="field">
        <label htmlFor={id}>Diamonds to withdraw</label>
        <div className="amount-field" data-wrong={wrong === undefined ? undefined : ''}>
          <DiamondGlyph />
          <input
            id={id}
            inputMode="decimal"
            autoComplete="off"
            placeholder="0"
            value={text}
            onChange={(event) => setText(event.target.value)}
            aria-invalid={wrong === undefined ? undefined : true}
            aria-describedby={`${id}-hint`}
          />
          <Button size="sm" onClick={() => setText(writeDiamonds((available / 2_000n) * 1_000n))}>
            Half
          </Button>
          <Button size="sm" onClick={() => setText(writeDiamonds(available))}>
            All
          </Button>
        </div>
        <span className="hint" id={`${id}-hint`}>
          {wrong === undefined ? null : (
            <b className="wrong-line" role="alert">
              <CircleAlert aria-hidden />
              {wrong}{' '}
            </b>
          )}
          Minimum {diamondText(least)}. You have {diamondText(available)} available.
        </span>
      </div>
      <AccountChoice accounts={methods.accounts} value={accountId} onChange={setAccountId} />
      {quote.data !== undefined ? (
        <QuoteLines
          quote={quote.data}
          address={account?.address ?? null}
          expired={expired}
          onExpired={() => setExpired(true)}
          onRenew={renew}
        />
      ) : refused !== null ? (
        <div className="notice" data-tone="warn" role="alert">
          <CircleAlert aria-hidden />
          <span>
            <b>{refused.detail}</b> {refused.remedy}{' '}
            <Link to="/studio/help" className="text-link">
              Why?
            </Link>
          </span>
        </div>
      ) : quote.isPending ? (
        <Skeleton height={210} />
      ) : null}
      {failed === null ? null : (
        <div className="notice" data-tone="bad" role="alert">
          <CircleAlert aria-hidden />
          <span>
            <b>{failed.detail}</b> {failed.remedy}
          </span>
        </div>
      )}
      <div className="grid gap-2">
        <Button
          kind="primary"
          size="lg"
          wide
          disabled={quote.data === undefined || expired}
          onClick={() => setConfirming(true)}
        >
          {quote.data === undefined ? 'Withdraw' : `Withdraw ${quote.data.get.display}`}
        </Button>
        <p className="text-center text-sm text-fg-3">
          We ask who you are once more. You can cancel until it is sent.
        </p>
      </div>
    </>
  );
}

function AccountChoice(props: {
  readonly accounts: readonly PayoutAccount[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  const id = useId();
  const chosen = props.accounts.find((one) => one.id === props.value);
  return (
    <div className="field">
      <label htmlFor={id}>To</label>
      <div className="account-choice">
        <Landmark aria-hidden />
        <select
          id={id}
          className="input"
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        >
          {props.accounts.map((account) => (
            <option key={account.id} value={account.id}>
              {account.name}, {account.currency} {account.setUp?.bank ?? account.masked}
            </option>
          ))}
        </select>
      </div>
      <span className="hint">
        {chosen === undefined ? null : chosen.setUp !== null && chosen.setUp.words !== null ? (
          `${chosen.setUp.provider} does not pay to it yet: ${chosen.setUp.words}. `
        ) : chosen.usable ? (
          `In the name of ${chosen.holder}. `
        ) : (
          <>
            New accounts wait: this one can be used from <Time at={chosen.usableFrom} look="stamp" />.{' '}
          </>
        )}
        <Link to="/studio/payout-methods" className="text-link">
          Your accounts
        </Link>
      </span>
    </div>
  );
}

interface QuoteLinesProps {
  readonly quote: Quote;
  /** Where bitcoin goes; `null` where money does. */
  readonly address: string | null;
  readonly expired: boolean;
  readonly onExpired: () => void;
  readonly onRenew: () => void;
}

/** Every line of the price, and how long it is held. Never re-priced in silence. */
function QuoteLines({ quote, address, expired, onExpired, onRenew }: QuoteLinesProps) {
  return (
    <section className="quote" aria-label="Your quote" data-expired={expired ? '' : undefined}>
      <header>
        <h3>Your quote</h3>
        {expired ? (
          <span className="expired" role="alert">
            Rate expired.
            <Button size="sm" kind="primary" onClick={onRenew}>
              Get a new quote
            </Button>
          </span>
        ) : (
          <QuoteRing key={quote.id} quote={quote} onOver={onExpired} />
        )}
      </header>
      <dl className="sums">
        {quote.lines.map((line) => (
          <div key={line.key} className={line.key === 'get' ? 'total' : undefined}>
            <dt>
              {line.label}
              {line.note === null ? null : <small>{line.note}</small>}
            </dt>
            <dd>{line.value}</dd>
          </div>
        ))}
      </dl>
      <p className="arrives">
        <CalendarClock aria-hidden />
        <span>
          Arrives by <b>{calendarDayText(quote.arrivesBy, new Date())}</b>, counted in{' '}
          {address === null ? 'the bank’s' : 'our'} working days.{' '}
          {address === null ? null : 'Bitcoin cannot come back once it is sent.'}
        </span>
      </p>
    </section>
  );
}
