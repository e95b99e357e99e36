import { digitsOf, el, forAWhile, say, slide, testTag, textOf } from './draw.ts';
import type { Message } from './line.ts';
import type { Overlay, State } from './look.ts';

interface Goal {
  readonly title: string;
  readonly units: bigint;
  readonly targetUnits: bigint;
}

const TEST_MS = 6_000;

/** How far the goal is. Nothing while there is none. */
export function goal(root: HTMLElement): Overlay {
  let real: Goal | null = null;
  let showNumbers = true;
  const fill = el('i', 'fill');
  const title = el('b', 'title');
  const percent = el('b', 'percent');
  const numbers = el('span', 'numbers');
  const tag = testTag(true);
  const panel = el(
    'section',
    'goal panel',
    el('header', '', title, percent),
    el('div', 'bar', fill),
    numbers,
    tag,
  );
  const trying = forAWhile(TEST_MS, () => draw(real, false));

  function draw(now: Goal | null, isTest: boolean): void {
    if (now === null) {
      panel.remove();
      return;
    }
    const share = now.targetUnits === 0n ? 0 : Number((now.units * 1000n) / now.targetUnits) / 10;
    say(title, now.title);
    say(percent, share >= 100 ? 'Reached!' : `${Math.floor(share)} %`);
    say(numbers, `${diamonds(now.units)} of ${diamonds(now.targetUnits)} Diamonds`);
    numbers.hidden = !showNumbers;
    if (tag !== null) tag.hidden = !isTest;
    fill.style.transform = `scaleX(${Math.min(1, share / 100)})`;
    panel.dataset.units = now.units.toString();
    panel.toggleAttribute('data-reached', share >= 100);
    if (panel.isConnected) return;
    root.append(panel);
    slide(panel, 'in');
  }

  return {
    state(state: State) {
      showNumbers = state.settings.showNumbers !== false;
      real = goalOf(state.goal);
      if (!trying.isOn) draw(real, false);
    },
    tell(message: Message) {
      if (message.type === 'live' && message.live !== true) real = null;
      else if (message.type === 'goal' && message.test !== true) real = goalOf(message.goal);
      else if (message.type === 'goal') {
        trying.begin();
        draw(goalOf(message.goal), true);
      }
      if (!trying.isOn) draw(real, false);
    },
    blank() {
      trying.end();
      real = null;
      panel.remove();
    },
  };
}

function goalOf(said: unknown): Goal | null {
  const goal = said as {
    readonly title?: unknown;
    readonly units?: unknown;
    readonly targetUnits?: unknown;
  } | null;
  if (goal === null || goal === undefined) return null;
  return { title: textOf(goal.title), units: digitsOf(goal.units), targetUnits: digitsOf(goal.targetUnits) };
}

/** 1,000 units are a Diamond. */
function diamonds(units: bigint): string {
  return (units / 1_000n).toLocaleString('en-US');
}
