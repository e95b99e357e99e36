import { useQuery } from '@tanstack/react-query';
import { Braces, ChevronDown, CircleCheck, CircleX } from 'lucide-react';
import { oneRateQuery, type Rate } from '../api/rates.ts';
import { AmountText } from '../ui/Amount.tsx';
import SheetDialog from '../ui/SheetDialog.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { recomputeRate, sameRatio } from './recompute.ts';

interface CheckRateProps {
  readonly version: number;
  readonly onClose: () => void;
}

/** One version: its inputs as the server keeps them, and the formula done again here, line by line. */
export default function CheckRate({ version, onClose }: CheckRateProps) {
  const query = useQuery(oneRateQuery(version));
  return (
    <SheetDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Rate version ${version}`}
      description="Worked out here in your browser, from the inputs that were kept with it."
      side="right"
    >
      {query.data === undefined ? (
        query.isError ? (
          <ErrorCard
            title="This rate could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={320} />
        )
      ) : (
        <Checked rate={query.data.rate} text={query.data.formula} />
      )}
    </SheetDialog>
  );
}

function Checked({ rate, text }: { readonly rate: Rate; readonly text: string | null }) {
  const { rate: result, steps } = recomputeRate(rate.inputs);
  const agrees = sameRatio(result, rate.centsPerUnit);
  return (
    <div className="check-rate">
      <p className="notice" data-tone={agrees ? 'ok' : 'bad'} role="status">
        {agrees ? <CircleCheck aria-hidden /> : <CircleX aria-hidden />}
        <span>
          <b>{agrees ? 'It agrees.' : 'It does not agree.'}</b>{' '}
          {agrees
            ? 'Your browser came to the same number as the one that was published.'
            : `Your browser came to ${result.numerator}/${result.denominator}. Please tell support.`}
        </span>
      </p>
      <dl className="sums">
        <div>
          <dt>1,000 Diamonds</dt>
          <dd>
            <AmountText amount={rate.money} />
          </dd>
        </div>
        <div>
          <dt>Published</dt>
          <dd>
            <Time at={rate.announced} look="stamp" />
          </dd>
        </div>
        <div>
          <dt>In force from</dt>
          <dd>
            <Time at={rate.from} look="stamp" />
          </dd>
        </div>
      </dl>
      <h3>Step by step</h3>
      <ol className="steps-of-rate">
        {steps.map((step) => (
          <li key={step.name}>
            <b>{step.name}</b>
            <output>{step.value}</output>
            <code>{step.formula}</code>
          </li>
        ))}
      </ol>
      {text === null ? null : (
        <>
          <h3>The formula</h3>
          <pre>{text}</pre>
        </>
      )}
      <details className="how">
        <summary>
          <Braces aria-hidden />
          The inputs, as a program reads them
          <ChevronDown aria-hidden className="turns" />
        </summary>
        <pre>{JSON.stringify(rate.inputs, null, 2)}</pre>
      </details>
    </div>
  );
}
