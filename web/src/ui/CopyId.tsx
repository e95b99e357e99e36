import { Check, Copy } from 'lucide-react';
import { shortId } from './ids.ts';
import { useCopy } from './useCopy.ts';

interface CopyIdProps {
  readonly id: string;
  /** What it is the id of: "entry", "gift". */
  readonly what: string;
  /** Shows all of it, on as many lines as it needs. */
  readonly whole?: boolean;
}

/** An id that can be copied whole, wherever it is shown short. */
export function CopyId({ id, what, whole = false }: CopyIdProps) {
  const { copied, copy } = useCopy();
  return (
    <button
      type="button"
      className="copy-id"
      data-whole={whole ? '' : undefined}
      title={id}
      onClick={() => copy(id)}
    >
      <span>{whole ? id : shortId(id)}</span>
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
      <span className="sr-only" role="status">
        {copied ? 'Copied' : ''}
      </span>
      <span className="sr-only">Copy the id of this {what}</span>
    </button>
  );
}
