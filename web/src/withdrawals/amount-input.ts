/** Diamonds as a person types them, in thousandths: `40,000` → `40000000n`, `2.5` → `2500n`; `null` for what is none. */
export function readDiamonds(text: string): bigint | null {
  const match = /^(\d{1,12})(?:\.(\d{0,3}))?$/.exec(text.replace(/[,\s]/g, ''));
  if (match === null) return null;
  return BigInt(match[1] ?? '0') * 1000n + BigInt((match[2] ?? '').padEnd(3, '0'));
}

/** Thousandths as they stand in the field: `2500n` → `2.5`. */
export function writeDiamonds(units: bigint): string {
  const fraction = (units % 1000n).toString().padStart(3, '0').replace(/0+$/, '');
  const whole = (units / 1000n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
