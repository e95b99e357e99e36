/** A ratio as a decimal of at most four places: `135/100` → `1.35`; `≈` in front when more were cut. */
export function ratioText({
  numerator,
  denominator,
}: {
  readonly numerator: string;
  readonly denominator: string;
}): string {
  const scaled = BigInt(numerator) * 10_000n;
  const parts = scaled / BigInt(denominator);
  const exact = scaled % BigInt(denominator) === 0n;
  const fraction = (parts % 10_000n).toString().padStart(4, '0').replace(/0+$/, '');
  return `${exact ? '' : '≈'}${parts / 10_000n}${fraction === '' ? '' : `.${fraction}`}`;
}

/** A ratio as a share of one, in percent: `1/2` → `50 %`. */
export function percentText({
  numerator,
  denominator,
}: {
  readonly numerator: bigint;
  readonly denominator: bigint;
}): string {
  const tenths = (numerator * 1_000n) / denominator;
  return `${tenths / 10n}${tenths % 10n === 0n ? '' : `.${tenths % 10n}`} %`;
}
