import { digitsOf, el, face, grouped, say, slide, testTag, textOf } from './draw.ts';
import type { Message } from './line.ts';
import type { Overlay, State } from './look.ts';

interface Side {
  readonly uniqueId: string;
  readonly name: string;
  readonly picture: unknown;
  coins: bigint;
}

interface Match {
  readonly id: string;
  readonly state: string;
  readonly endsMs: number;
  /** Until when the result shows; `null` while there is none. */
  readonly resultUntilMs: number | null;
  readonly sides: readonly Side[];
  readonly winner: string | null;
  readonly test: boolean;
}

/** How long a result stays that does not say it. */
const RESULT_MS = 12_000;
/** An invitation is nobody's business yet, and one that came to nothing is none either. */
const SHOWN = new Set(['running', 'ended']);

/** A match: both sides, the score and what is left of it; then who won. Nothing while there is none. */
export function match(root: HTMLElement): Overlay {
  let now: Match | null = null;
  let view: ReturnType<typeof makeView> | null = null;
  let aheadMs = 0;
  let clock: ReturnType<typeof setInterval> | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;

  function draw(): void {
    clearTimeout(leaving);
    if (now === null || now.sides.length < 2 || !SHOWN.has(now.state)) {
      hide();
      return;
    }
    if (view?.id !== now.id) {
      hide();
      view = makeView(now);
      root.append(view.element);
      slide(view.element, 'in');
    }
    view.update(now, Date.now() + aheadMs);
    clearInterval(clock);
    if (now.state === 'ended') {
      const until = now.resultUntilMs ?? Date.now() + aheadMs + RESULT_MS;
      leaving = setTimeout(hide, Math.max(0, until - Date.now() - aheadMs));
    } else {
      const running = now;
      clock = setInterval(() => view?.update(running, Date.now() + aheadMs), 250);
    }
  }

  function hide(): void {
    clearInterval(clock);
    view?.element.remove();
    view = null;
  }

  return {
    state(state: State) {
      aheadMs = state.nowMs - Date.now();
      if (now?.test === true && view !== null) return;
      now = matchOf(state.match);
      // A result is news for some seconds; whoever opens the page later sees none.
      if (now?.state === 'ended' && (now.resultUntilMs ?? 0) <= state.nowMs) now = null;
      score(state.score);
      draw();
    },
    tell(message: Message) {
      const said = message.type === 'match' ? matchOf(message) : null;
      if (said !== null) {
        // Another match that is only asked for, or called off, changes nothing of the one that shows.
        if (!SHOWN.has(said.state) && said.id !== now?.id) return;
        now = said;
      } else if (message.type === 'matchScore') score(message);
      else return;
      draw();
    },
    blank() {
      clearTimeout(leaving);
      now = null;
      hide();
    },
  };

  function score(said: unknown): void {
    const news = said as { readonly matchId?: unknown; readonly sides?: unknown } | null | undefined;
    if (now === null || news?.matchId !== now.id || !Array.isArray(news.sides)) return;
    for (const { uniqueId, coins } of news.sides as { uniqueId?: unknown; coins?: unknown }[]) {
      const side = now.sides.find((one) => one.uniqueId === uniqueId);
      if (side !== undefined) side.coins = digitsOf(coins);
    }
  }
}

function makeView(match: Match) {
  const clock = el('b', 'clock');
  const bar = el('i', 'fill');
  const sides = match.sides.slice(0, 4).map((side) => {
    const coins = el('b', 'coins');
    const mark = el('span', 'mark');
    return {
      coins,
      mark,
      element: el('div', 'side', face(side.picture), el('span', 'name', side.name), coins, mark),
    };
  });
  const element = el(
    'section',
    'match panel',
    el('header', '', ...sides.map((side) => side.element)),
    el('div', 'bar', bar),
    clock,
    testTag(match.test),
  );
  return {
    id: match.id,
    element,
    update(now: Match, nowMs: number) {
      const all = now.sides.reduce((sum, { coins }) => sum + coins, 0n);
      const first = now.sides[0]?.coins ?? 0n;
      bar.style.transform = `scaleX(${all === 0n ? 0.5 : Number((first * 1000n) / all) / 1000})`;
      now.sides.forEach((side, index) => {
        const shown = sides[index];
        if (shown === undefined) return;
        say(shown.coins, grouped(side.coins.toString()));
        const won = now.state === 'ended' && now.winner === side.uniqueId;
        say(shown.mark, won ? 'Winner' : '');
        shown.element.toggleAttribute('data-won', won);
      });
      say(clock, now.state === 'ended' ? resultOf(now) : left(now.endsMs - nowMs));
    },
  };
}

function resultOf({ winner, sides }: Match): string {
  const won = sides.find(({ uniqueId }) => uniqueId === winner);
  if (won !== undefined) return `${won.name} wins`;
  return winner === 'draw' ? 'A draw' : 'Over';
}

function left(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function matchOf(said: unknown): Match | null {
  const match = said as Message | null | undefined;
  if (match === null || match === undefined || !Array.isArray(match.sides)) return null;
  return {
    id: textOf(match.matchId),
    state: textOf(match.state),
    endsMs: instantOf(match.endsAt) ?? 0,
    resultUntilMs: instantOf(match.resultUntil),
    sides: (match.sides as Message[]).map((side) => ({
      uniqueId: textOf(side.uniqueId),
      name: textOf(side.nickname),
      picture: side.picture,
      coins: digitsOf(side.coins),
    })),
    winner: typeof match.winner === 'string' ? match.winner : null,
    test: match.test === true,
  };
}

/** Milliseconds since 1970, whichever way it is said. */
function instantOf(said: unknown): number | null {
  const ms = typeof said === 'number' ? said : Date.parse(textOf(said));
  return Number.isFinite(ms) ? ms : null;
}
