import { coinsText, el, face, forAWhile, say, slide, testTag, textOf } from './draw.ts';
import type { Message } from './line.ts';
import type { Overlay, State } from './look.ts';

interface Leader {
  readonly id: string | null;
  readonly name: string;
  readonly picture: unknown;
  readonly coins: unknown;
}

const TEST_MS = 6_000;
const ROW_REM = 3.5;

/** Who gave most. A row keeps its place on the way: it moves when somebody overtakes. */
export function leaderboard(root: HTMLElement): Overlay {
  let real: readonly Leader[] = [];
  let rows = 5;
  let showCoins = true;
  let period: unknown = 'live';
  const title = el('b', 'title');
  const list = el('ol', 'list');
  const tag = testTag(true);
  const panel = el('section', 'leaderboard panel', el('header', '', title, tag), list);
  const shown = new Map<string, HTMLLIElement>();
  const trying = forAWhile(TEST_MS, () => draw(real, false));

  function draw(all: readonly Leader[], isTest: boolean): void {
    const leaders = all.slice(0, rows);
    if (leaders.length === 0) {
      panel.remove();
      return;
    }
    if (tag !== null) tag.hidden = !isTest;
    const keys = leaders.map(({ id }, index) => id ?? `somebody ${index}`);
    for (const [key, row] of shown) {
      if (keys.includes(key)) continue;
      shown.delete(key);
      row.remove();
    }
    leaders.forEach((leader, index) => {
      const key = keys[index] ?? '';
      const known = shown.get(key);
      const row = known ?? makeRow(leader);
      shown.set(key, row);
      row.style.transform = `translateY(${index * ROW_REM}rem)`;
      row.dataset.rank = String(index + 1);
      say(row.children[0] as Element, String(index + 1));
      say(row.children[2] as Element, leader.name);
      say(row.children[3] as Element, showCoins ? coinsText(leader.coins) : '');
      if (known !== undefined) return;
      list.append(row);
      row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 300 });
    });
    list.style.height = `${leaders.length * ROW_REM - 0.3}rem`;
    if (panel.isConnected) return;
    root.append(panel);
    slide(panel, 'in');
  }

  return {
    state(state: State) {
      const { settings } = state;
      rows = Number(settings.rows);
      showCoins = settings.showCoins === true;
      period = settings.period;
      say(title, textOf(settings.title));
      real = leadersOf(state.leaders);
      if (!trying.isOn) draw(real, false);
    },
    tell(message: Message) {
      // A new live begins with nobody.
      if (message.type === 'live' && message.live === true && period === 'live') real = [];
      else if (message.type === 'leaders' && message.test !== true) real = leadersOf(message.leaders);
      else if (message.type === 'leaders') {
        trying.begin();
        draw(leadersOf(message.leaders), true);
      }
      if (!trying.isOn) draw(real, false);
    },
    blank() {
      trying.end();
      real = [];
      panel.remove();
    },
  };
}

function makeRow(leader: Leader): HTMLLIElement {
  return el('li', '', el('span', 'rank'), face(leader.picture), el('span', 'name'), el('span', 'coins'));
}

function leadersOf(said: unknown): readonly Leader[] {
  return Array.isArray(said) ? (said as Leader[]) : [];
}
