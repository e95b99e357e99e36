import { Maximize } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, type MouseEvent, useRef } from 'react';
import { giftArt } from '../art/gifts.ts';
import { Coins } from '../ui/Amount.tsx';
import { moneyText } from '../ui/amounts.ts';
import type { CatalogueGift } from './catalogue.ts';

interface GiftGridProps {
  readonly gifts: readonly CatalogueGift[];
  readonly selected: CatalogueGift | null;
  readonly onSelect: (gift: CatalogueGift) => void;
  /** Enter on the selected gift. */
  readonly onEnter: () => void;
}

/** The gifts of one tab. One stop for Tab; arrows move and select; Enter sends. */
export function GiftGrid({ gifts, selected, onSelect, onEnter }: GiftGridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const stop = selected !== null && gifts.some(({ id }) => id === selected.id) ? selected.id : gifts[0]?.id;

  const onKeyDown = (event: KeyboardEvent) => {
    const cells = [...(grid.current?.querySelectorAll<HTMLElement>('[role="option"]') ?? [])];
    const at = cells.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      const gift = gifts[at];
      if (gift === undefined) return;
      if (gift.id !== selected?.id) onSelect(gift);
      else if (event.key === 'Enter' && !event.repeat) onEnter();
      return;
    }
    const columns = cells.filter((cell) => cell.offsetTop === cells[0]?.offsetTop).length;
    const moves: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns < cells.length ? columns : 1,
      ArrowUp: columns < cells.length ? -columns : -1,
      Home: -at,
      End: cells.length - 1 - at,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(cells.length - 1, at + move));
    const gift = gifts[next];
    if (gift === undefined) return;
    onSelect(gift);
    cells[next]?.focus();
    cells[next]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const onClick = (event: MouseEvent) => {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('[role="option"]');
    const gift = gifts.find(({ id }) => id === cell?.dataset.gift);
    if (gift !== undefined) onSelect(gift);
  };

  return (
    <div
      className="gift-grid"
      id="gift-grid"
      role="listbox"
      aria-label="Gifts"
      ref={grid}
      onKeyDown={onKeyDown}
      onClick={onClick}
      tabIndex={-1}
    >
      {gifts.map((gift) => {
        return (
          <div
            key={gift.id}
            role="option"
            className="gift"
            tabIndex={gift.id === stop ? 0 : -1}
            aria-selected={gift.id === selected?.id}
            data-tier={gift.tier}
            style={{ '--h': giftArt(gift.art).hue } as CSSProperties}
            data-gift={gift.id}
          >
            {gift.tier >= 5 ? (
              <span className="takes-stage" title="Takes the whole stage">
                <Maximize aria-hidden />
              </span>
            ) : null}
            <img src={giftArt(gift.art).src} alt="" width={60} height={60} draggable={false} />
            <b>{gift.name}</b>
            <small>
              <Coins units={BigInt(gift.price.units)} />
              <span className="sr-only">, {moneyText(BigInt(gift.money.units))}</span>
            </small>
          </div>
        );
      })}
    </div>
  );
}
