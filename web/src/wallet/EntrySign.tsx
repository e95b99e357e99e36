import { ArrowDownLeft, ArrowUpRight, CalendarCheck, Gift, Landmark, Plus } from 'lucide-react';
import { giftArt } from '../art/gifts.ts';
import type { Entry } from './wallet-api.ts';

/** The picture of an entry: its gift's art, else a sign for what kind it is. */
export function EntrySign({ entry }: { readonly entry: Entry }) {
  if (entry.art) return <img src={giftArt(entry.art).src} alt="" />;
  return (
    <span className="sign" aria-hidden="true">
      {signOf(entry)}
    </span>
  );
}

function signOf({ kind, amount }: Entry) {
  if (kind === 'purchase') return <Plus />;
  if (kind === 'gift') return <Gift />;
  if (kind === 'withdrawal') return <Landmark />;
  if (kind === 'maturity') return <CalendarCheck />;
  return amount.units.startsWith('-') ? <ArrowUpRight /> : <ArrowDownLeft />;
}
