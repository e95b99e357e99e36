/**
 * A long id by its ends: `tx_0190b2…801234`. Ids begin with their time, so neighbours differ at the end.
 */
export function shortId(id: string): string {
  const [, prefix, rest] = /^([a-z]+_)?(.*)$/.exec(id) ?? [];
  if (rest === undefined || rest.length <= 14) return id;
  return `${prefix ?? ''}${rest.slice(0, 6)}…${rest.slice(-6)}`;
}
