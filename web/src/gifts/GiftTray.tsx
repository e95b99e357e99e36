import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { memo, type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { Session } from '../api/session.ts';
import { useCoins } from '../api/wallet.ts';
import { giftArt } from '../art/gifts.ts';
import { Coins, Diamonds, Money } from '../ui/Amount.tsx';
import { convertNearest } from '../ui/amounts.ts';
import { Button, buttonLook, IconButton } from '../ui/Button.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { type CatalogueGift, catalogueQuery, tabName, tabsOf } from './catalogue.ts';
import { DearSheet, UndoBar } from './DearSheets.tsx';
import { GiftGrid } from './GiftGrid.tsx';
import type { Gate } from './gate.ts';
import { SendButton } from './SendButton.tsx';
import { ShortSheet } from './ShortSheet.tsx';
import { sendStore } from './send-store.ts';
import { useSending } from './useSending.ts';

export const QUANTITIES: readonly number[] = [1, 5, 10, 50];

/** What the stage's keys can do with the tray. */
export interface TrayHandle {
  readonly focusGrid: () => void;
  readonly pickQuantity: (place: number) => void;
  readonly pickGift: (giftId: string) => void;
}

interface GiftTrayProps {
  readonly stageId: string;
  readonly handle: string;
  readonly hostName: string;
  /** The guest whom gifts are for, if not the stage's own creator. */
  readonly to?: { readonly id: string; readonly displayName: string } | null;
  /** Where one chooses whom they are for. */
  readonly chooser?: ReactNode;
  readonly site: Session['site'];
  readonly gate: Gate;
  /** Under the stage, or a sheet over it. */
  readonly place: 'dock' | 'sheet';
  readonly firstGift: string | undefined;
  readonly onClose: () => void;
  readonly handleRef: RefObject<TrayHandle | null>;
}

/**
 * Choose, count, send: the price in Coins and money, and what the creator gets, always beside it. Drawn anew only when
 * it is given something else: the stage around it changes ten times a second.
 */
export const GiftTray = memo(function GiftTray(props: GiftTrayProps) {
  const { gate } = props;
  return (
    <section className="dock" data-place={props.place} aria-label="Gifts">
      {props.place === 'sheet' ? <span className="grab" aria-hidden="true" /> : null}
      {gate.open ? <OpenTray {...props} /> : <ClosedTray {...props} gate={gate} />}
    </section>
  );
});

function ClosedTray({
  gate,
  handle,
  place,
  onClose,
}: GiftTrayProps & { gate: Extract<Gate, { open: false }> }) {
  return (
    <div className="closed-tray">
      <img src={giftArt('1f52e').src} alt="" width={64} height={64} />
      <div>
        <h2>{gate.title}</h2>
        <p>{gate.text}</p>
      </div>
      {gate.remedy === undefined ? null : (
        <Link to={gate.remedy.to} search={{ return: `/live/${handle}` }} {...buttonLook({ kind: 'primary' })}>
          {gate.remedy.label}
        </Link>
      )}
      {place === 'sheet' ? (
        <IconButton label="Close gifts" onClick={onClose}>
          <ChevronDown aria-hidden />
        </IconButton>
      ) : null}
    </div>
  );
}

function OpenTray(props: GiftTrayProps) {
  const { stageId, handle, to = null, chooser, site, place, firstGift, onClose, handleRef } = props;
  const hostName = to?.displayName ?? props.hostName;
  const catalogue = useQuery(catalogueQuery);
  const coins = useCoins();
  const [tab, setTab] = useState<string | null>(null);
  const [giftId, setGiftId] = useState(firstGift);
  const [quantity, setQuantity] = useState(1);
  const [missing, setMissing] = useState<bigint | null>(null);
  const [grown, setGrown] = useState<bigint | null>(null);
  const stopHere = useRef<HTMLButtonElement>(null);
  const sending = useSending({
    stageId,
    to: to?.id,
    dearFrom: site.dearFromCoins,
    undoMs: site.undoMs,
    onShort: setMissing,
  });

  const tabs = useMemo(() => (catalogue.data === undefined ? [] : tabsOf(catalogue.data)), [catalogue.data]);
  const chosen = catalogue.data?.gifts.find(({ id }) => id === giftId);
  const openTab =
    tab ?? (chosen !== undefined && !chosen.tabs.includes(tabs[0] ?? '') ? chosen.tabs[0] : tabs[0]) ?? '';
  const gifts = useMemo(
    () => catalogue.data?.gifts.filter((gift) => gift.tabs.includes(openTab)) ?? [],
    [catalogue.data, openTab],
  );
  const gift = chosen ?? gifts[0] ?? null;

  const ratio = {
    numerator: BigInt(site.coin.moneyPerCoin.numerator),
    denominator: BigInt(site.coin.moneyPerCoin.denominator),
  };
  const moneyOf = (of: CatalogueGift, many: number) =>
    convertNearest(BigInt(of.price.units) * BigInt(many), ratio);

  useEffect(
    () =>
      sendStore.listen((effect) => {
        if (effect.do === 'short') setMissing(effect.missing);
        if (effect.do === 'askDear') setGrown(effect.coins);
      }),
    [],
  );
  useEffect(() => {
    handleRef.current = {
      focusGrid: () => document.querySelector<HTMLElement>('.gift-grid [tabindex="0"]')?.focus(),
      pickQuantity: (at) => setQuantity((now) => QUANTITIES[at] ?? now),
      pickGift: (id) => {
        setTab(null);
        setGiftId(id);
        setTimeout(() => document.querySelector<HTMLElement>('.gift-grid [tabindex="0"]')?.focus());
      },
    };
    return () => {
      handleRef.current = null;
    };
  }, [handleRef]);

  const onEnter = () => {
    if (gift === null) return;
    if (sending.isDear(gift, quantity)) sending.ask(gift, quantity);
    else sending.send(gift, quantity);
  };

  if (catalogue.isError && catalogue.data === undefined) {
    return (
      <ErrorCard
        title="The gifts could not be read."
        error={catalogue.error}
        onRetry={() => void catalogue.refetch()}
      />
    );
  }
  const units = gift === null ? null : BigInt(gift.price.units) * BigInt(quantity);
  const creatorGets = gift === null ? null : BigInt(gift.creatorGets.units) * BigInt(quantity);
  return (
    <>
      {chooser}
      <div className="dock-head">
        <Tabs
          label="Gift categories"
          controls="gift-grid"
          items={tabs.map((value) => ({ value, label: tabName(value) }))}
          value={openTab}
          onChange={(next) => setTab(next)}
        />
        <p className="gets">
          {hostName.split(' ')[0]} gets <Diamonds units={creatorGets} />
        </p>
        {place === 'sheet' ? (
          <IconButton label="Close gifts" onClick={onClose}>
            <ChevronDown aria-hidden />
          </IconButton>
        ) : null}
      </div>
      {catalogue.data === undefined ? (
        <div className="gift-grid" aria-busy="true">
          {QUANTITIES.map((key) => (
            <Skeleton key={key} width={88} height={108} />
          ))}
        </div>
      ) : (
        <GiftGrid
          gifts={gifts}
          selected={gift}
          onSelect={(next) => {
            setGiftId(next.id);
            sending.undo();
          }}
          onEnter={onEnter}
        />
      )}
      {gift === null || units === null ? null : (
        <p className="dock-line">
          <b>
            {gift.name} × {quantity}
          </b>{' '}
          =
          <b>
            <Coins units={units} />
          </b>
          <Money units={moneyOf(gift, quantity)} estimate /> · {hostName.split(' ')[0]} gets
          <b>
            <Diamonds units={creatorGets} />
          </b>
        </p>
      )}
      <div className="act">
        <Link
          to="/wallet/top-up"
          search={{ return: `/live/${handle}?sheet=gifts${gift === null ? '' : `&gift=${gift.id}`}` }}
          className="purse"
        >
          <b>
            <Coins units={coins} />
          </b>
          <span>Top up</span>
        </Link>
        <RadioGroup.Root
          className="quantity"
          aria-label="Quantity"
          value={String(quantity)}
          onValueChange={(value) => setQuantity(Number(value))}
        >
          {QUANTITIES.map((many) => (
            <RadioGroup.Item key={many} value={String(many)}>
              {many}
            </RadioGroup.Item>
          ))}
        </RadioGroup.Root>
        <p className="total">
          <b>
            <Coins units={units} />
          </b>
          <small>{gift === null ? null : <Money units={moneyOf(gift, quantity)} estimate />}</small>
        </p>
        {gift === null ? null : (
          <SendButton
            gift={gift}
            quantity={quantity}
            stageId={stageId}
            to={to?.id}
            streakMs={site.streakMs}
            sending={sending}
          />
        )}
      </div>
      <UndoBar dear={sending.dear} onUndo={sending.undo} />
      <DearSheet sending={sending} hostName={hostName} moneyOf={moneyOf} />
      <Sheet
        open={grown !== null}
        onOpenChange={(open) => {
          if (!open) setGrown(null);
        }}
        first={stopHere}
        title="Go on with this streak?"
        description={
          <>
            With the next one it comes to <Coins units={grown} />, about{' '}
            <Money units={convertNearest(grown ?? 0n, ratio)} />.
          </>
        }
      >
        <div className="flex gap-2">
          <Button ref={stopHere} kind="ghost" size="lg" onClick={() => setGrown(null)}>
            Stop here
          </Button>
          <Button
            kind="primary"
            size="lg"
            wide
            onClick={() => {
              setGrown(null);
              if (gift !== null) sending.send(gift, quantity, true);
            }}
          >
            Go on
          </Button>
        </div>
      </Sheet>
      <ShortSheet
        missing={missing}
        coin={site.coin}
        onClose={() => setMissing(null)}
        returnTo={`/live/${handle}?sheet=gifts${gift === null ? '' : `&gift=${gift.id}`}`}
      />
    </>
  );
}
