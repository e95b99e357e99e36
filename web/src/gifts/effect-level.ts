/** How much the stage moves: everything, nothing but what stands still, or chat rows only. */
export type Effects = 'full' | 'calm' | 'off';

export interface EffectFacts {
  /** What the person chose, when they did. */
  readonly chosen: string | null;
  /** The system asks for less motion. */
  readonly reduced: boolean;
  /** The system asks for less data. */
  readonly saves: boolean;
  /** The stage could not keep up with everything in this tab. */
  readonly slow: boolean;
}

/** The person's choice; without one Calm where the system asks for it, or where the stage cannot keep up. */
export function effectLevel({ chosen, reduced, saves, slow }: EffectFacts): Effects {
  if (chosen === 'full') return reduced ? 'calm' : 'full';
  if (chosen === 'calm' || chosen === 'off') return chosen;
  return reduced || saves || slow ? 'calm' : 'full';
}
