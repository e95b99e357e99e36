import { Link } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import { AmountText } from '../ui/Amount.tsx';
import { CopyId } from '../ui/CopyId.tsx';
import type { Movement } from './wallet-api.ts';

interface MovementsProps {
  readonly moves: readonly Movement[];
  /** Whether the person who looks is a party, so that the entry opens. */
  readonly yours: (move: Movement) => boolean;
}

/** Transfers, from whom to whom, each with the id it has in the ledger. */
export function Movements({ moves, yours }: MovementsProps) {
  return (
    <ul className="moves">
      {moves.map((move) => (
        <li key={move.id}>
          <span className="path">
            {move.from}
            <ArrowRight aria-label="to" />
            {move.to}
          </span>
          <AmountText amount={move.amount} />
          <span className="flex flex-wrap items-center gap-x-3">
            <CopyId id={move.id} what="entry" />
            {yours(move) ? (
              <Link to="/wallet/tx/$id" params={{ id: move.id }} className="text-link text-sm">
                Open the entry
              </Link>
            ) : null}
          </span>
        </li>
      ))}
    </ul>
  );
}
