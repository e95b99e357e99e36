import { coinsText, digitsOf, el, face, grouped, picture, testTag, textOf } from './draw.ts';
import type { Message } from './line.ts';
import type { Overlay, Settings, State } from './look.ts';

interface Gift {
  readonly alert: string;
  readonly name: string;
  readonly picture: unknown;
  readonly gift: string;
  readonly art: unknown;
  readonly count: number;
  readonly coins: unknown;
  readonly tier: number;
  readonly test: boolean;
}

const MOVE_MS = 380;

/** The last gifts in a row, the newest first. Tests go when the next state comes. */
export function ticker(root: HTMLElement): Overlay {
  let settings: Settings | undefined;
  const row = el('section', 'ticker');

  function add(gift: Gift, moves: boolean): void {
    if (settings === undefined || !passes(gift, settings)) return;
    if ([...row.children].some((chip) => (chip as HTMLElement).dataset.alert === gift.alert)) return;
    const chip = makeChip(gift, settings);
    row.prepend(chip);
    while (row.children.length > Number(settings.count)) row.lastElementChild?.remove();
    if (!moves) return;
    const byPx = chip.getBoundingClientRect().width + 12;
    for (const other of row.children) {
      other.animate([{ transform: `translateX(${-byPx}px)` }, { transform: 'none' }], {
        duration: MOVE_MS,
        easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)',
      });
    }
    chip.animate([{ opacity: 0 }, { opacity: 1 }], { duration: MOVE_MS });
  }

  return {
    state(state: State) {
      settings = state.settings;
      if (!row.isConnected) root.append(row);
      row.replaceChildren();
      for (const gift of (state.gifts as readonly Message[] | undefined) ?? []) add(giftOf(gift), false);
    },
    tell(message: Message) {
      if (message.type === 'gift') add(giftOf(message), true);
    },
    blank() {
      settings = undefined;
      row.replaceChildren();
      row.remove();
    },
  };
}

function passes(gift: Gift, settings: Settings): boolean {
  return gift.tier >= Number(settings.minTier) && digitsOf(gift.coins) >= BigInt(Number(settings.minCoins));
}

function makeChip(gift: Gift, settings: Settings): HTMLElement {
  const chip = el(
    'span',
    'chip panel',
    picture('art', gift.art),
    face(gift.picture),
    el('b', 'name', gift.name),
    el(
      'span',
      'what',
      gift.count > 1 ? `${gift.gift} ×${grouped(gift.count)}` : gift.gift,
      settings.showCoins === true ? el('small', '', coinsText(gift.coins)) : null,
    ),
    testTag(gift.test),
  );
  chip.dataset.alert = gift.alert;
  return chip;
}

function giftOf(message: Message): Gift {
  return {
    alert: textOf(message.alert),
    name: textOf(message.name),
    picture: message.picture,
    gift: textOf(message.gift),
    art: message.art,
    count: Number(message.count),
    coins: message.coins,
    tier: Number(message.tier),
    test: message.test === true,
  };
}
