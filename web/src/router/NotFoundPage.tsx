import { Link } from '@tanstack/react-router';
import { giftArt } from '../art/gifts.ts';
import { buttonLook } from '../ui/Button.tsx';
import { EmptyState } from '../ui/States.tsx';

/** Told at an address where nothing is. */
export function NotFoundPage() {
  return (
    <EmptyState
      heading="h1"
      art={giftArt('1f52e').src}
      title="There is nothing at this address"
      action={
        <Link to="/live" {...buttonLook({ kind: 'primary' })}>
          See who is live
        </Link>
      }
    >
      The page may have moved, or the address may have a typing mistake.
    </EmptyState>
  );
}
