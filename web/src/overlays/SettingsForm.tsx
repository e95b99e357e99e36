import { useEffect, useId, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { Button } from '../ui/Button.tsx';
import { Segment } from '../ui/Segment.tsx';
import {
  type OverlaySettings,
  type Overlays,
  overlaysQuery,
  type Source,
  saveSettings,
} from './overlays-api.ts';

const SAVE_AFTER_MS = 450;

const THEMES = [
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
  { value: 'clear', label: 'Words only' },
] as const;
const POSITIONS = [
  ['top-left', 'Top left'],
  ['top', 'Top'],
  ['top-right', 'Top right'],
  ['left', 'Left'],
  ['center', 'Middle'],
  ['right', 'Right'],
  ['bottom-left', 'Bottom left'],
  ['bottom', 'Bottom'],
  ['bottom-right', 'Bottom right'],
] as const;
const SOUNDS = [
  ['chime', 'Chime'],
  ['pop', 'Pop'],
  ['fanfare', 'Fanfare'],
  ['none', 'None'],
] as const;
const PERIODS = [
  ['live', 'This live'],
  ['day', 'Today'],
  ['week', 'This week'],
  ['all', 'Ever'],
] as const;
const TIERS = [
  ['1', 'Every gift'],
  ['2', 'From tier 2'],
  ['3', 'From tier 3'],
  ['4', 'From tier 4'],
  ['5', 'Tier 5 alone'],
] as const;

type Saving =
  | { readonly state: 'saved' | 'waiting' }
  | { readonly state: 'failed'; readonly problem: ApiProblem };

/** How one overlay is. What is changed is saved by itself, and open overlays follow. */
export function SettingsForm({ source, kept }: { readonly source: Source; readonly kept: OverlaySettings }) {
  const [now, setNow] = useState(kept);
  const { saving, retry } = useSaving(source, now, kept);
  const set = (change: Partial<OverlaySettings>) => setNow((before) => ({ ...before, ...change }));
  return (
    <div className="overlay-settings">
      <div className="field">
        <span className="label">Theme</span>
        <Segment label="Theme" items={THEMES} value={now.theme} onChange={(theme) => set({ theme })} />
      </div>
      <div className="pair">
        <Labelled label="Colour">
          {(id) => (
            <input
              id={id}
              type="color"
              className="colour"
              value={now.accent}
              onChange={(event) => set({ accent: event.target.value.toLowerCase() })}
            />
          )}
        </Labelled>
        <Pick
          label="Where"
          items={POSITIONS}
          value={now.position}
          onChange={(position) => set({ position })}
        />
      </div>
      <Slide
        label="Size"
        unit="%"
        min={50}
        max={200}
        step={10}
        value={now.scale}
        onChange={(scale) => set({ scale })}
      />
      {now.title === undefined ? null : (
        <Words label="Heading" value={now.title} onChange={(title) => set({ title })} />
      )}
      {now.text === undefined ? null : (
        <Words
          label="Words"
          hint="{name}, {gift}, {count}, {coins} and {money} are filled in."
          value={now.text}
          onChange={(text) => set({ text })}
        />
      )}
      {now.minTier === undefined ? null : (
        <div className="pair">
          <Pick
            label="Which gifts"
            items={TIERS}
            value={String(now.minTier)}
            onChange={(tier) => set({ minTier: Number(tier) })}
          />
          <Whole
            label="From Coins"
            max={1_000_000}
            value={now.minCoins ?? 0}
            onChange={(minCoins) => set({ minCoins })}
          />
        </div>
      )}
      {now.seconds === undefined ? null : (
        <Slide
          label="Shown for"
          unit=" s"
          min={2}
          max={20}
          step={1}
          value={now.seconds}
          onChange={(seconds) => set({ seconds })}
        />
      )}
      {now.sound === undefined ? null : (
        <div className="pair">
          <Pick
            label="Sound"
            items={SOUNDS}
            value={now.sound}
            onChange={(sound) => set({ sound: sound as NonNullable<OverlaySettings['sound']> })}
          />
          <Slide
            label="Volume"
            unit="%"
            min={0}
            max={100}
            step={5}
            value={now.volume ?? 0}
            onChange={(volume) => set({ volume })}
          />
        </div>
      )}
      {now.period === undefined ? null : (
        <Pick
          label="Period"
          items={PERIODS}
          value={now.period}
          onChange={(period) => set({ period: period as NonNullable<OverlaySettings['period']> })}
        />
      )}
      {now.rows === undefined ? null : (
        <Slide
          label="Places"
          unit=""
          min={1}
          max={10}
          step={1}
          value={now.rows}
          onChange={(rows) => set({ rows })}
        />
      )}
      {now.count === undefined ? null : (
        <Slide
          label="Gifts"
          unit=""
          min={1}
          max={20}
          step={1}
          value={now.count}
          onChange={(count) => set({ count })}
        />
      )}
      {now.showCoins === undefined ? null : (
        <Check label="Show the Coins" value={now.showCoins} onChange={(showCoins) => set({ showCoins })} />
      )}
      {now.showNumbers === undefined ? null : (
        <Check
          label="Show the Diamonds"
          value={now.showNumbers}
          onChange={(showNumbers) => set({ showNumbers })}
        />
      )}
      {now.follows === undefined ? null : (
        <>
          <Check label="New followers, too" value={now.follows} onChange={(follows) => set({ follows })} />
          {now.follows ? (
            <Words
              label="Words for followers"
              value={now.followText ?? ''}
              onChange={(followText) => set({ followText })}
            />
          ) : null}
        </>
      )}
      <p className="saved" role="status">
        {saving.state === 'saved'
          ? 'Saved. Open overlays follow at once.'
          : saving.state === 'waiting'
            ? 'Saving …'
            : ''}
      </p>
      {saving.state === 'failed' ? (
        <p role="alert" className="text-bad">
          Not saved: {saving.problem.detail} {saving.problem.remedy}{' '}
          <Button size="sm" kind="ghost" onClick={retry}>
            Try again
          </Button>
        </p>
      ) : null}
    </div>
  );
}

/** Saves what was changed once it rests, one after the other. */
function useSaving(source: Source, now: OverlaySettings, kept: OverlaySettings) {
  const [saving, setSaving] = useState<Saving>({ state: 'saved' });
  const [tries, setTries] = useState(0);
  const saved = useRef(JSON.stringify(kept));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try saves the same again
  useEffect(() => {
    const text = JSON.stringify(now);
    if (text === saved.current) return;
    setSaving({ state: 'waiting' });
    const timer = setTimeout(() => {
      saveSettings(source, now).then(
        ({ settings }) => {
          saved.current = text;
          setSaving({ state: 'saved' });
          queryClient.setQueryData<Overlays>(overlaysQuery.queryKey, (before) =>
            before === undefined
              ? before
              : { ...before, settings: { ...before.settings, [source]: settings } },
          );
        },
        (error: unknown) => setSaving({ state: 'failed', problem: ApiProblem.of(error) }),
      );
    }, SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [now, source, tries]);
  return { saving, retry: () => setTries((before) => before + 1) };
}

interface Control<Value> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

function Labelled({
  label,
  hint,
  children,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly children: (id: string) => React.ReactNode;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {hint === undefined ? null : (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

function Pick({
  label,
  items,
  value,
  onChange,
}: Control<string> & { readonly items: readonly (readonly [string, string])[] }) {
  return (
    <Labelled label={label}>
      {(id) => (
        <select id={id} className="input" value={value} onChange={(event) => onChange(event.target.value)}>
          {items.map(([key, word]) => (
            <option key={key} value={key}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

function Slide({
  label,
  unit,
  min,
  max,
  step,
  value,
  onChange,
}: Control<number> & {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}{' '}
        <output className="amount">
          {value}
          {unit}
        </output>
      </label>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </div>
  );
}

/** Words of which at least one must be left: an empty field waits to be filled. */
function Words({ label, hint, value, onChange }: Control<string> & { readonly hint?: string }) {
  const [draft, setDraft] = useState(value);
  return (
    <Labelled label={label} hint={hint}>
      {(id) => (
        <input
          id={id}
          className="input"
          maxLength={80}
          value={draft}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onChange={(event) => {
            setDraft(event.target.value);
            if (event.target.value.trim() !== '') onChange(event.target.value);
          }}
          onBlur={() => setDraft(value)}
        />
      )}
    </Labelled>
  );
}

function Whole({ label, max, value, onChange }: Control<number> & { readonly max: number }) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          className="input"
          inputMode="numeric"
          value={String(value)}
          onChange={(event) =>
            onChange(Math.min(max, Number(event.target.value.replace(/\D/g, '').slice(0, 7))))
          }
        />
      )}
    </Labelled>
  );
}

function Check({ label, value, onChange }: Control<boolean>) {
  return (
    <label className="check">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.target.checked)} />
      {label}
    </label>
  );
}
