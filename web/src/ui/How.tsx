import { ChevronDown, ReceiptText } from 'lucide-react';
import type { ReactNode } from 'react';

/** One line of "how this number was made". */
export interface HowLine {
  readonly label: string;
  readonly value: ReactNode;
  readonly note?: string | null;
}

interface HowProps {
  readonly lines: readonly HowLine[];
  readonly open?: boolean;
}

/** The arithmetic behind a number, folded away until it is asked for. */
export function How({ lines, open = false }: HowProps) {
  return (
    <details className="how" open={open}>
      <summary>
        <ReceiptText aria-hidden />
        How this number was made
        <ChevronDown aria-hidden className="turns" />
      </summary>
      <HowLines lines={lines} />
    </details>
  );
}

export function HowLines({ lines }: { readonly lines: readonly HowLine[] }) {
  return (
    <dl className="sums">
      {lines.map((line) => (
        <div key={line.label}>
          <dt>
            {line.label}
            {line.note ? <small>{line.note}</small> : null}
          </dt>
          <dd>{line.value}</dd>
        </div>
      ))}
    </dl>
  );
}
