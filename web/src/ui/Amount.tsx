import type { ReactNode } from 'react';
import { type Amount, diamondText, groupDigits, moneyText } from './amounts.ts';
import { CoinGlyph, DiamondGlyph } from './Glyph.tsx';

interface UnitsProps {
  /** Whole minor units; `null` where the number is not known. An unknown number is never shown as 0. */
  readonly units: bigint | null;
  readonly signed?: boolean;
  readonly className?: string;
}

/** Coins: the glyph, then the grouped digits. Read aloud as "2,480 Coins". */
export function Coins({ units, signed = false, className = '' }: UnitsProps) {
  return (
    <Figure
      glyph={<CoinGlyph />}
      text={units === null ? null : plus(units, signed) + groupDigits(units)}
      unit={units === 1n || units === -1n ? 'Coin' : 'Coins'}
      className={className}
    />
  );
}

/** Diamonds, from thousandths: `2500n` shows 2½. */
export function Diamonds({ units, signed = false, className = '' }: UnitsProps) {
  return (
    <Figure
      glyph={<DiamondGlyph />}
      text={units === null ? null : plus(units, signed) + diamondText(units)}
      unit={units === 1000n || units === -1000n ? 'Diamond' : 'Diamonds'}
      className={className}
    />
  );
}

interface MoneyProps extends UnitsProps {
  /** Marks the number as an estimate with `≈`. Never on what a person pays or gets. */
  readonly estimate?: boolean;
}

/** Real money, from cents. */
export function Money({ units, signed = false, estimate = false, className = '' }: MoneyProps) {
  return (
    <span className={`amount ${className}`}>
      {units === null ? (
        <Unknown />
      ) : (
        <>
          {estimate ? <span aria-hidden="true">≈ </span> : null}
          {estimate ? <span className="sr-only">about </span> : null}
          {plus(units, signed) + moneyText(units)}
        </>
      )}
    </span>
  );
}

/** An amount of the API, whatever its asset. */
export function AmountText({ amount, ...rest }: { readonly amount: Amount } & Omit<MoneyProps, 'units'>) {
  const units = BigInt(amount.units);
  if (amount.asset === 'COIN') return <Coins units={units} {...rest} />;
  if (amount.asset === 'DIAMOND') return <Diamonds units={units} {...rest} />;
  return <Money units={units} {...rest} />;
}

function Figure(props: { glyph: ReactNode; text: string | null; unit: string; className: string }) {
  return (
    <span className={`amount ${props.className}`}>
      {props.glyph}
      {props.text === null ? <Unknown /> : props.text}
      {props.text === null ? null : <span className="sr-only"> {props.unit}</span>}
    </span>
  );
}

function Unknown() {
  return (
    <>
      <span aria-hidden="true">—</span>
      <span className="sr-only">not known yet</span>
    </>
  );
}

function plus(units: bigint, signed: boolean): string {
  return signed && units > 0n ? '+' : '';
}
