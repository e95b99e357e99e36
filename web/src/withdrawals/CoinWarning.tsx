import { TriangleAlert } from 'lucide-react';

/** What cannot be undone, and the address in whole, so that each of its letters can be compared. */
export function CoinWarning({ address }: { readonly address: string }) {
  return (
    <div className="notice coin-warning" data-tone="warn">
      <TriangleAlert aria-hidden />
      <div>
        <p>
          <b>Bitcoin cannot come back.</b> What goes to a wrong address is lost, and nobody can return it.
          Compare the whole address with the one in your wallet:
        </p>
        <p className="coin-address">{address}</p>
      </div>
    </div>
  );
}
