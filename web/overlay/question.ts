import { coinsText, el, face, forAWhile, slide, testTag, textOf } from './draw.ts';
import type { Message } from './line.ts';
import type { Overlay, State } from './look.ts';

interface Question {
  readonly id: string;
  readonly name: string;
  readonly picture: unknown;
  readonly text: string;
  readonly coins: string;
  readonly money: string;
}

const TEST_MS = 10_000;

/** The question that is being answered. */
export function question(root: HTMLElement): Overlay {
  let real: Question | null = null;
  let showCoins = true;
  let panel: HTMLElement | null = null;
  const trying = forAWhile(TEST_MS, () => draw(real, false));

  function draw(now: Question | null, isTest: boolean): void {
    if (panel?.dataset.question === now?.id && panel?.dataset.coins === String(showCoins)) return;
    const before = panel;
    panel = null;
    if (before !== null) {
      slide(before, 'out', 240).finished.then(
        () => before.remove(),
        () => before.remove(),
      );
    }
    if (now === null) return;
    panel = el(
      'section',
      'question panel',
      el('header', '', el('b', 'label', 'Answering now'), testTag(isTest)),
      el('p', 'text', now.text),
      el(
        'footer',
        '',
        face(now.picture),
        el('span', 'name', now.name),
        showCoins && now.coins !== '0' ? el('span', 'coins', `${coinsText(now.coins)} · ${now.money}`) : null,
      ),
    );
    panel.dataset.question = now.id;
    panel.dataset.coins = String(showCoins);
    root.append(panel);
    slide(panel, 'in');
  }

  return {
    state(state: State) {
      showCoins = state.settings.showCoins === true;
      real = questionOf(state.id, state.question);
      if (!trying.isOn) draw(real, false);
    },
    tell(message: Message) {
      if (message.type === 'live' && message.live !== true) real = null;
      if (message.type === 'question') {
        const said = questionOf(message.id, message.question);
        if (message.test === true) {
          if (said === null) trying.end();
          else {
            trying.begin();
            draw(said, true);
          }
        } else if (said !== null || real?.id === message.id) real = said;
      }
      if (!trying.isOn) draw(real, false);
    },
    blank() {
      trying.end();
      real = null;
      panel = null;
      root.replaceChildren();
    },
  };
}

function questionOf(id: unknown, said: unknown): Question | null {
  const question = said as { readonly [field: string]: unknown } | null;
  if (question === null || question === undefined) return null;
  return {
    id: textOf(id),
    name: textOf(question.name),
    picture: question.picture,
    text: textOf(question.text),
    coins: textOf(question.coins),
    money: textOf(question.money),
  };
}
