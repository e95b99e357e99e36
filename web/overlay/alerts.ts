import { type AlertNews, AlertQueue, type Playing, type Rules } from './alert-queue.ts';
import { coinsText, el, face, grouped, picture, say, slide, testTag, textOf } from './draw.ts';
import type { Message } from './line.ts';
import type { Overlay, Settings, State } from './look.ts';
import { play } from './sound.ts';

interface News extends AlertNews {
  readonly name: string;
  readonly picture: unknown;
  readonly gift: string;
  readonly art: unknown;
  readonly coinsText: string;
  readonly money: string;
}

interface Card {
  readonly alert: string;
  readonly element: HTMLElement;
  update(news: News): void;
}

/** Gifts and followers, one after the other. */
export function alerts(root: HTMLElement, token: string): Overlay {
  let settings: Settings | undefined;
  let aheadMs = 0;
  let seen: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let card: Card | null = null;
  /** The one before, on its way out. */
  let leaving: HTMLElement | null = null;
  let hiddenMs: number | null = null;
  const queue = new AlertQueue<News>({ minTier: 1, minCoins: 0, seconds: 5, follows: false });
  const nowMs = () => Date.now() + aheadMs;
  const note = noteOf(token);

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      hiddenMs = nowMs();
      return;
    }
    if (hiddenMs !== null) queue.passOverOld(nowMs());
    hiddenMs = null;
    turn();
  });

  function turn(): void {
    clearTimeout(timer);
    // What nobody sees waits: OBS stops drawing sources that are not in the scene.
    if (document.hidden || settings === undefined || leaving !== null) return;
    const { ended, began } = queue.tick(nowMs());
    if (ended !== null) note(ended, true);
    if (card !== null && queue.playing?.news.alert !== card.alert) hide(card);
    if (began !== null) begin(began, settings);
    const next = queue.nextMs();
    if (next !== null) timer = setTimeout(turn, Math.max(10, next - nowMs()));
  }

  function begin(playing: Playing<News>, as: Settings): void {
    const { news, resumed } = playing;
    if (!resumed) note(news.alert, false);
    card = makeCard(news, as);
    root.append(card.element);
    enter(card.element, news.tier);
    if (!resumed) play(textOf(as.sound), Number(as.volume ?? 0), news.tier);
  }

  function hide({ element }: Card): void {
    card = null;
    leaving = element;
    const gone = () => {
      element.remove();
      if (leaving !== element) return;
      leaving = null;
      turn();
    };
    // A page that is not drawn finishes no animation.
    setTimeout(gone, 1_500);
    slide(element, 'out', 280).finished.then(gone, gone);
  }

  return {
    after: () => seen,
    state(state: State) {
      settings = state.settings;
      aheadMs = state.nowMs - Date.now();
      queue.rules = settings as unknown as Rules;
      queue.remember((state.plays as Parameters<typeof queue.remember>[0] | undefined) ?? []);
      turn();
    },
    tell(message: Message) {
      if (message.seq !== undefined) {
        // A line that was opened again tells some of it again.
        if (seen !== undefined && message.seq <= seen) return;
        seen = message.seq;
      }
      const news = newsOf(message);
      if (news === null) return;
      const wasFinal = queue.playing?.news.final === true;
      queue.take(news, nowMs());
      const now = queue.playing;
      if (now !== null && now.news.alert === news.alert && card !== null) {
        card.update(now.news);
        if (now.news.final && !wasFinal && now.news.count > 1) play('end', Number(settings?.volume ?? 0));
      }
      turn();
    },
    blank() {
      clearTimeout(timer);
      queue.clear();
      settings = undefined;
      card = null;
      // What was leaving is cut off, too.
      root.replaceChildren();
    },
  };
}

/** Tells the server what began and what is over, so that the next page goes on after it. */
function noteOf(token: string): (alert: string, done: boolean) => void {
  let last = Promise.resolve();
  return (alert, done) => {
    if (token === 'preview') return;
    const put = () =>
      fetch(`/v1/overlay/alerts/${encodeURIComponent(alert)}`, {
        method: 'PUT',
        credentials: 'omit',
        keepalive: true,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ done }),
      }).then(
        () => {},
        () => {},
      );
    last = last.then(put);
  };
}

function newsOf(message: Message): News | null {
  const { type, alert, createTime, test } = message;
  if ((type !== 'gift' && type !== 'follow') || typeof alert !== 'string') return null;
  return {
    kind: type,
    alert,
    atMs: Number(createTime),
    tier: type === 'gift' ? Number(message.tier) : 1,
    count: type === 'gift' ? Number(message.count) : 1,
    coins: Number(message.coins ?? 0),
    streaks: message.streaks === true,
    final: type === 'follow' || message.final === true,
    test: test === true,
    name: textOf(message.name),
    picture: message.picture,
    gift: textOf(message.gift),
    art: message.art,
    coinsText: coinsText(message.coins),
    money: textOf(message.money),
  };
}

function makeCard(news: News, settings: Settings): Card {
  const template = textOf(news.kind === 'gift' ? settings.text : settings.followText);
  const words = el('p', 'words');
  const count = el('b', 'count');
  const about = el('p', 'about');
  const art = el(
    'div',
    'art',
    news.kind === 'gift' ? picture('', news.art) : face(news.picture),
    news.kind === 'gift' && news.picture !== null ? face(news.picture) : null,
  );
  const countsInWords = template.includes('{count}');
  const element = el(
    'section',
    'alert panel',
    art,
    el('div', 'what', words, settings.showCoins === true && news.kind === 'gift' ? about : null),
    count,
    testTag(news.test),
  );
  element.dataset.tier = String(news.tier);
  element.dataset.alert = news.alert;
  let shown = 0;
  const update = (now: News) => {
    words.replaceChildren(...wordsOf(template, now));
    say(about, [now.coinsText, now.money].filter((text) => text !== '').join(' · '));
    say(count, now.count > 1 && !countsInWords ? `×${grouped(now.count)}` : '');
    element.dataset.count = String(now.count);
    if (now.final) element.dataset.final = '';
    if (shown > 0 && now.count > shown) {
      count.animate([{ transform: 'scale(1.45)' }, { transform: 'none' }], {
        duration: 260,
        easing: 'ease-out',
      });
    }
    shown = now.count;
  };
  update(news);
  return { alert: news.alert, element, update };
}

/** The creator's sentence with what happened in it: text and marks, never markup. */
function wordsOf(template: string, news: News): Node[] {
  const values: Record<string, string> = {
    name: news.name,
    gift: news.gift,
    count: grouped(news.count),
    coins: news.coinsText,
    money: news.money,
  };
  return template.split(/(\{\w+\})/).map((part) => {
    const value = values[part.slice(1, -1)];
    return part.startsWith('{') && value !== undefined ? el('b', '', value) : document.createTextNode(part);
  });
}

const SPARKS = [0, 0, 0, 18, 28, 42];

function enter(element: HTMLElement, tier: number): void {
  element.animate(
    [
      { opacity: 0, transform: 'translateY(-1.2rem) scale(0.9)' },
      { opacity: 1, transform: 'translateY(0) scale(1.03)', offset: 0.7 },
      { opacity: 1, transform: 'none' },
    ],
    { duration: 420, easing: 'cubic-bezier(0.2, 0.8, 0.2, 1)', fill: 'both' },
  );
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  for (let spark = 0; !calm && spark < (SPARKS[tier] ?? 0); spark++) {
    const dot = el('i', 'spark');
    element.append(dot);
    const angle = Math.random() * Math.PI * 2;
    const far = 7 + Math.random() * 9;
    dot
      .animate(
        [
          { opacity: 1, transform: 'translate(0, 0) scale(1)' },
          {
            opacity: 0,
            transform: `translate(${Math.cos(angle) * far * 1.6}rem, ${Math.sin(angle) * far}rem) scale(0.2)`,
          },
        ],
        { duration: 900 + Math.random() * 700, easing: 'cubic-bezier(0.1, 0.7, 0.3, 1)', fill: 'both' },
      )
      .finished.then(
        () => dot.remove(),
        () => {},
      );
  }
}
