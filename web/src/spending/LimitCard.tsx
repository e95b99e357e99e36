import { Hourglass } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { AmountText } from '../ui/Amount.tsx';
import type { Amount } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Time } from '../ui/Time.tsx';
import { centsIn, isHigher, typedCents, usedPercent } from './limit-text.ts';
import { type Span, type SpendingLimit, setLimit } from './spending-api.ts';

const TITLES: Readonly<Record<Span, string>> = {
  day: 'Today',
  week: 'Seven days',
  month: 'Thirty days',
};

interface LimitCardProps {
  readonly span: Span;
  readonly limit: SpendingLimit;
  readonly raiseAfterHours: number;
}

/** One limit: how much of it is used, what waits, and how to change it. */
export function LimitCard({ span, limit, raiseAfterHours }: LimitCardProps) {
  const [changing, setChanging] = useState(false);
  return (
    <section className="card limit" aria-label={TITLES[span]}>
      <header>
        <h2>{TITLES[span]}</h2>
        <b className="limit-most">
          {limit.limit === null ? 'No limit' : <AmountText amount={limit.limit} />}
        </b>
      </header>
      <Used what="Bought" spent={limit.bought} limit={limit.limit} />
      {limit.open.units === '0' ? null : (
        <p className="limit-next">
          <Hourglass aria-hidden />
          <span>
            Besides, <AmountText amount={limit.open} /> of open orders count until they are paid or closed.
          </span>
        </p>
      )}
      <Used what="Given" spent={limit.given} limit={limit.limit} />
      {limit.next === null ? null : (
        <p className="limit-next">
          <Hourglass aria-hidden />
          <span>
            {limit.next.limit === null ? 'No limit' : <AmountText amount={limit.next.limit} />} from{' '}
            <Time at={limit.next.from} look="stamp" /> on.
          </span>
        </p>
      )}
      {changing ? (
        <ChangeForm
          span={span}
          limit={limit}
          raiseAfterHours={raiseAfterHours}
          onDone={() => setChanging(false)}
        />
      ) : (
        <div>
          <Button
            size="sm"
            onClick={() => setChanging(true)}
            aria-label={`Change the limit: ${TITLES[span]}`}
          >
            Change
          </Button>
        </div>
      )}
    </section>
  );
}

interface UsedProps {
  readonly what: string;
  readonly spent: Amount;
  readonly limit: Amount | null;
}

function Used({ what, spent, limit }: UsedProps) {
  const percent = limit === null ? 0 : usedPercent(BigInt(spent.units), BigInt(limit.units));
  return (
    <div className="limit-used" data-full={percent === 100 ? '' : undefined}>
      <span>{what}</span>
      <span>
        <AmountText amount={spent} />
        {limit === null ? null : (
          <>
            {' '}
            of <AmountText amount={limit} />
          </>
        )}
      </span>
      <i aria-hidden="true">
        <i style={{ inlineSize: `${percent}%` }} />
      </i>
    </div>
  );
}

function ChangeForm({
  span,
  limit,
  raiseAfterHours,
  onDone,
}: LimitCardProps & { readonly onDone: () => void }) {
  const now = limit.limit === null ? null : BigInt(limit.limit.units);
  const [typed, setTyped] = useState(now === null ? '' : typedCents(now));
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const cents = centsIn(typed);

  const save = async (wanted: bigint | null) => {
    setBusy(true);
    setWrong(undefined);
    try {
      await setLimit(span, wanted);
      notifyDone(
        isHigher(wanted, now) ? `Noted. It holds in ${raiseAfterHours} hours.` : 'Your limit holds now.',
      );
      onDone();
    } catch (error) {
      const { detail, remedy } = ApiProblem.of(error);
      setWrong(`${detail} ${remedy}`);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (cents === undefined) setWrong('Type an amount in dollars, like 25 or 12.50.');
    else void save(cents);
  };
  return (
    <form className="limit-form" onSubmit={submit}>
      <Field
        label="At most, in dollars"
        inputMode="decimal"
        autoComplete="off"
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        wrong={wrong}
        hint={
          cents !== undefined && isHigher(cents, now)
            ? `Higher: it holds in ${raiseAfterHours} hours.`
            : 'Lower holds at once.'
        }
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="sm" kind="primary" busy={busy}>
          Save
        </Button>
        {now === null ? null : (
          <Button size="sm" kind="ghost" disabled={busy} onClick={() => void save(null)}>
            No limit, in {raiseAfterHours} hours
          </Button>
        )}
        <Button size="sm" kind="ghost" disabled={busy} onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
