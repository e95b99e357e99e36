import { Check, Heart } from 'lucide-react';
import type { CSSProperties } from 'react';
import { giftArt } from '../art/gifts.ts';
import { Coins } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { timeText } from '../ui/dates.ts';
import type { FedGift } from './gift-feed.ts';
import type { Thanking } from './useThanks.ts';

/** Gifts as they come, each with Thank. */
export function GiftFeed({
  gifts,
  thanking,
}: {
  readonly gifts: readonly FedGift[];
  readonly thanking: Thanking;
}) {
  return (
    <section className="card gift-feed" aria-labelledby="gifts">
      <header>
        <h2 id="gifts">Gifts as they come</h2>
      </header>
      {gifts.length === 0 ? (
        <p className="none-yet">The first gift of this live shows here, with a button to thank for it.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scrolls" tabIndex={0} aria-label="Gifts, newest first">
          <ol>
            {gifts.map((gift) => (
              <li
                key={gift.key}
                style={{ '--h': giftArt(gift.art).hue } as CSSProperties}
                data-tier={gift.tier}
              >
                <Avatar avatar={gift.avatar} size={36} />
                <p>
                  <b>{gift.displayName}</b>
                  <small>
                    {gift.giftName} <em>×{gift.count}</em> · {timeText(new Date(gift.atMs))}
                  </small>
                </p>
                <img src={giftArt(gift.art).src} alt="" width={36} height={36} />
                <Coins units={BigInt(gift.coins)} />
                <ThankButton giftId={gift.giftId} name={gift.displayName} thanking={thanking} />
              </li>
            ))}
          </ol>
        </section>
      )}
    </section>
  );
}

interface ThankButtonProps {
  readonly giftId: string;
  readonly name: string;
  readonly thanking: Thanking;
}

export function ThankButton({ giftId, name, thanking }: ThankButtonProps) {
  if (thanking.thanked.has(giftId)) {
    return (
      <span className="thanked">
        <Check aria-hidden />
        Thanked
      </span>
    );
  }
  return (
    <Button
      kind="soft"
      size="sm"
      icon={<Heart aria-hidden />}
      busy={thanking.busy === giftId}
      aria-label={`Thank ${name} on the stage`}
      onClick={() => thanking.thank(giftId, name)}
    >
      Thank
    </Button>
  );
}
