/** Small sounds made here: no file is fetched, and OBS hears them as the page's own. */

type Note = readonly [startSeconds: number, hertz: number, seconds: number, share: number];

const SOUNDS: Record<string, { readonly shape: OscillatorType; readonly notes: readonly Note[] }> = {
  chime: {
    shape: 'sine',
    notes: [
      [0, 880, 0.5, 1],
      [0.09, 1318.5, 0.7, 0.8],
      [0.18, 1760, 0.9, 0.5],
    ],
  },
  pop: {
    shape: 'triangle',
    notes: [
      [0, 520, 0.12, 1],
      [0.07, 780, 0.16, 0.9],
    ],
  },
  fanfare: {
    shape: 'sawtooth',
    notes: [
      [0, 523.3, 0.18, 0.5],
      [0.14, 659.3, 0.18, 0.5],
      [0.28, 784, 0.2, 0.5],
      [0.42, 1046.5, 0.7, 0.6],
      [0.42, 784, 0.7, 0.4],
    ],
  },
  // The end of a streak.
  end: {
    shape: 'sine',
    notes: [
      [0, 1046.5, 0.2, 0.5],
      [0.08, 1568, 0.4, 0.5],
    ],
  },
};

let context: AudioContext | undefined;

/** Plays a sound; dear gifts a little deeper and longer. Silent where the browser lets no page begin by itself. */
export function play(name: string, volume: number, tier = 1): void {
  const sound = SOUNDS[name];
  if (sound === undefined || volume <= 0) return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => {});
  const { currentTime } = context;
  const stretch = tier >= 4 ? 1.5 : 1;
  for (const [start, hertz, seconds, share] of sound.notes) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    const from = currentTime + 0.02 + start * stretch;
    tone.type = sound.shape;
    tone.frequency.value = tier >= 4 ? hertz * 0.75 : hertz;
    gain.gain.setValueAtTime(0.0001, from);
    gain.gain.exponentialRampToValueAtTime(Math.max(0.0002, (volume / 100) * 0.22 * share), from + 0.015);
    gain.gain.exponentialRampToValueAtTime(0.0001, from + seconds * stretch);
    tone.connect(gain).connect(context.destination);
    tone.start(from);
    tone.stop(from + seconds * stretch + 0.05);
  }
}
