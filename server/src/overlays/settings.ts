import type { Uuid } from '../core/ids.ts';
import { compileStrict } from '../http/validation.ts';
import type { Overlays } from './overlays.ts';
import { DEFAULTS, SOURCES, type Source } from './rules.ts';
import { type AnySettings, SETTINGS, type SettingsOf } from './schema.ts';
import { settingsOf, writeSettings } from './store.ts';

const fits = Object.fromEntries(SOURCES.map((source) => [source, compileStrict(SETTINGS[source])]));

/** How a creator's overlays are set, all of them. */
export async function allSettings({ house }: Overlays, creatorId: Uuid): Promise<SettingsOf> {
  const kept = await settingsOf(house.db, creatorId);
  return Object.fromEntries(
    SOURCES.map((source) => [source, settled(source, kept.get(source)?.settings)]),
  ) as unknown as SettingsOf;
}

/** How one is set, and the version of that; 0 = never changed. */
export async function settingsFor<Wanted extends Source>(
  { house }: Overlays,
  creatorId: Uuid,
  source: Wanted,
): Promise<{ readonly version: number; readonly settings: SettingsOf[Wanted] }> {
  const kept = (await settingsOf(house.db, creatorId)).get(source);
  return { version: kept?.version ?? 0, settings: settled(source, kept?.settings) };
}

/** Sets one; open overlays follow at once. */
export async function setSettings(
  { house, open }: Overlays,
  creatorId: Uuid,
  source: Source,
  settings: AnySettings,
): Promise<void> {
  await writeSettings(house.db, { creatorId, source, settings, at: new Date(house.clock.now()) });
  open.lookNow();
}

/** What was kept, with what is new since as everybody has it; what does not fit any more is as everybody's. */
function settled<Wanted extends Source>(
  source: Wanted,
  kept: Readonly<Record<string, unknown>> | undefined,
): SettingsOf[Wanted] {
  const merged = { ...DEFAULTS[source], ...kept };
  return (fits[source]?.(merged) === true ? merged : DEFAULTS[source]) as unknown as SettingsOf[Wanted];
}
