/** Where the picture of a live comes from. */
export type Source = 'camera' | 'obs' | 'none';

const KEPT = 'carat.source';

/** What was chosen last on this device; its camera unless told. */
export function keptSource(): Source {
  const kept = localStorage.getItem(KEPT);
  return kept === 'obs' || kept === 'none' ? kept : 'camera';
}

export function keepSource(source: Source): void {
  localStorage.setItem(KEPT, source);
}
