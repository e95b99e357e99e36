/** Handles: the names in addresses, `@mira`. Pure. */
import { foldAscii, lookAlike } from './text.ts';

/** Either the handle as it is kept, with its skeleton, or why not: the site's own name, or the rule it breaks. */
export type ReadHandle =
  | { readonly handle: string; readonly skeleton: string }
  | { readonly reserved: true }
  | { readonly rule: string };

export interface HandleRules {
  readonly lengthMin: number;
  readonly lengthMax: number;
}

/** Reads a handle that somebody chose. Capital letters become small; nothing else is changed silently. */
export function readHandle(raw: string, rules: HandleRules): ReadHandle {
  // Capital letters of other scripts are not lowered: `K` (Kelvin) would turn into a plain k.
  const handle = raw.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (!/^[a-z0-9_.]*$/.test(handle)) return { rule: 'may have only the letters a to z, digits, _ and .' };
  if (handle.length < rules.lengthMin) return { rule: `needs at least ${rules.lengthMin} characters` };
  if (handle.length > rules.lengthMax) return { rule: `may have at most ${rules.lengthMax} characters` };
  if (/^\.|\.$|\.\./.test(handle)) return { rule: 'may not start or end with a dot, or have two in a row' };
  if (!/[a-z]/.test(handle)) return { rule: 'needs at least one letter' };
  const skeleton = skeletonOf(handle);
  if (skeleton.length < 2) return { rule: 'needs at least two letters or digits' };
  return isReserved(handle) ? { reserved: true } : { handle, skeleton };
}

/** The handle with look-alikes folded and the separators left out: `mira.0n` and `m_ir_aon` have the same. */
export function skeletonOf(handle: string): string {
  return foldAscii(handle.replaceAll(/[_.]/g, ''));
}

/** Whether a handle reads as if the site itself spoke: `carat`, `c4rat.support`, `0fficial`, `admin_2`. */
export function isReserved(handle: string): boolean {
  if (RESERVED.has(skeletonOf(handle))) return true;
  // A number at the end does not make a name another's; it may also stand for letters, as in `0fficia1`.
  return [handle, handle.replace(/[_.]*[0-9]+$/, '')].some(
    (name) =>
      OFFICIAL_ONLY.test(spelledOut(name)) ||
      name.split(/[_.]/).some((word) => OFFICIAL.has(spelledOut(word))),
  );
}

/** Whether a display name reads so, whatever letters it is written with: "Carat Support", "Сarat", "0fficial". */
export function isOfficialName(displayName: string): boolean {
  const words = lookAlike(displayName)
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  return (
    words.some((word) => OFFICIAL.has(spelledOut(word))) || OFFICIAL_ONLY.test(spelledOut(words.join('')))
  );
}

/** The skeleton with the digits that stand for letters read as those. */
function spelledOut(handle: string): string {
  return skeletonOf(handle)
    .replaceAll('3', 'e')
    .replaceAll('4', 'a')
    .replaceAll('5', 's')
    .replaceAll('7', 't')
    .replaceAll('8', 'b');
}

const folded = (words: string) => words.split(/\s+/).map(foldAscii);

/** Words that no part of a handle may be. */
const OFFICIAL = new Set(folded('carat official admin administrator moderator operator sysadmin'));

/** A handle made of nothing but these. */
const OFFICIAL_ONLY = new RegExp(
  `^(?:${folded('the carat official admin administrator moderator operator support staff team help service security payments payouts billing app live').join('|')})+$`,
);

/** Addresses of the site, and names that would be taken for it. */
const RESERVED = new Set(
  folded(
    `about abuse account accounts api apps assets auth billing blog boost boosts carat careers chat checkout coin coins
     console contact content cookies creator creators dashboard demo diamond diamonds docs errors everyone explore fan
     fans favicon feed follow followers following fund gift gifts guest help here home index info jobs legal limits live
     login logout mail market me messages metrics mod moderation moderators mods news noreply notifications null
     official openapi orders overlay pages password payout payouts policy postmaster press privacy profile purchase
     questions rates recover refund refunds register robots root rules safety sandbox search security session settings
     shop signin signout signup site sitemap staff stage stages static status studio support system team terms test
     tip tips top town transparency trust undefined unlocks user users verify vip wallet webmaster webhooks well_known
     withdraw withdrawals www you`.trim(),
  ).map((word) => word.replaceAll('_', '')),
);
