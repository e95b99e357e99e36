/** A handle made from a name: `Mira Solane` → `mira_solane`. Empty when nothing of it can be used. */
export function suggestedHandle(displayName: string): string {
  return displayName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 24)
    .replace(/_+$/, '');
}
