/** Merges what happened into one sentence for screen readers, at most every five seconds. Pure but for its clock. */

export interface GiftNews {
  readonly group: string;
  readonly nickname: string;
  readonly giftName: string;
  readonly count: number;
}

export const ANNOUNCE_EVERY_MS = 5_000;
const NAMES_MAX = 3;

/** "Koji, 24 Claps. Oona, 3 Discos. Goal 74 percent." */
export function sentence(news: readonly GiftNews[], goalPercent: number | null): string {
  const latest = new Map(news.map((gift) => [gift.group, gift]));
  const gifts = [...latest.values()].sort((a, b) => b.count - a.count);
  const said = gifts
    .slice(0, NAMES_MAX)
    .map(({ nickname, giftName, count }) => `${nickname}, ${count} ${plural(giftName, count)}.`);
  const more = gifts.length - said.length;
  if (more > 0) said.push(`And ${more} more ${more === 1 ? 'gift' : 'gifts'}.`);
  if (goalPercent !== null) said.push(`Goal ${goalPercent} percent.`);
  return said.join(' ');
}

/** `Rose`, 12 → `Roses`. Gift names are English nouns that take an s, or es after a hiss. */
export function plural(name: string, count: number): string {
  if (count === 1) return name;
  if (/(s|x|ch|sh)$/i.test(name)) return `${name}es`;
  if (/[^aeiou]y$/i.test(name)) return `${name.slice(0, -1)}ies`;
  return `${name}s`;
}
