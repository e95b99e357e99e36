/** The numbers by which banks know accounts, and whether they can be right. Pure. */

/** Countries whose banks can be reached by SEPA credit transfer, with the length of their IBANs. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AL: 28,
  AT: 20,
  BE: 16,
  BG: 22,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GI: 23,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  RS: 22,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  VA: 22,
};

/**
 * Countries of the SEPA area whose banks are outside the European Economic Area: a transfer to them names the bank by its
 * BIC, and the payer by an address (European Payments Council, SEPA credit transfer rulebook, DS-02).
 */
const OUTSIDE_EEA: ReadonlySet<string> = new Set([
  'AD',
  'AL',
  'CH',
  'GB',
  'GI',
  'MC',
  'MD',
  'ME',
  'MK',
  'RS',
  'SM',
  'VA',
]);

/** Whether a SEPA credit transfer to a bank of this country takes its BIC and the payer's address. */
export function isOutsideEea(country: string): boolean {
  return OUTSIDE_EEA.has(country);
}

/** Every country that SEPA reaches. */
export function sepaCountries(): string[] {
  return Object.keys(IBAN_LENGTHS);
}

/** What is wrong with an IBAN, to stand after its name, or the IBAN as banks write it: no spaces, upper case. */
export function readIban(raw: string): { readonly iban: string } | { readonly rule: string } {
  const iban = raw.replace(/[\s-]/g, '').toUpperCase();
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}$/.test(iban))
    return { rule: 'is two letters, two digits and the account number' };
  const length = IBAN_LENGTHS[iban.slice(0, 2)];
  if (length === undefined) return { rule: 'is of a country that this way of payment does not reach' };
  if (iban.length !== length) {
    return { rule: `has ${iban.length} characters; one of ${iban.slice(0, 2)} has ${length}` };
  }
  return remainder97(iban) === 1
    ? { iban }
    : { rule: 'has a typing mistake: its two check digits do not fit the rest' };
}

/** ISO 7064 mod 97-10 over the IBAN turned round, letters as two digits. */
function remainder97(iban: string): number {
  const turned = iban.slice(4) + iban.slice(0, 4);
  let remainder = 0;
  for (const character of turned) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}

/** A BIC of 8 or 11 characters, upper case, or `null`. */
export function readBic(raw: string): string | null {
  const bic = raw.replace(/\s/g, '').toUpperCase();
  return /^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic) ? bic : null;
}

/** What is wrong with an ABA routing number, or the number. Its ninth digit checks the others: weights 3, 7, 1. */
export function readRouting(raw: string): { readonly routing: string } | { readonly rule: string } {
  const routing = raw.replace(/[\s-]/g, '');
  if (!/^[0-9]{9}$/.test(routing)) return { rule: 'has nine digits' };
  const sum = [...routing].reduce(
    (total, digit, index) => total + Number(digit) * ([3, 7, 1][index % 3] ?? 0),
    0,
  );
  // 00 is the government; 01–12 the districts, 21–32 thrifts, 61–72 electronic, 80 traveller's cheques.
  const district = Number(routing.slice(0, 2));
  const known = district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72);
  return sum % 10 === 0 && sum > 0 && known
    ? { routing }
    : { rule: 'has a typing mistake: its last digit does not fit the others' };
}

/** A US account number: up to 17 digits and letters, as NACHA's entries hold it; `null` when it is none. */
export function readUsAccount(raw: string): string | null {
  const account = raw.replace(/[\s-]/g, '').toUpperCase();
  return /^[0-9A-Z]{4,17}$/.test(account) && /[0-9]{3}/.test(account) ? account : null;
}

/** The last four characters behind dots, `··4207`: what is shown of an account number. */
export function lastFour(number: string): string {
  return `··${number.slice(-4)}`;
}
