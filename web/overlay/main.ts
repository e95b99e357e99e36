import { alerts } from './alerts.ts';
import { goal } from './goal.ts';
import { leaderboard } from './leaderboard.ts';
import { openLine } from './line.ts';
import { asked, isSource, type Overlay, place, type Settings, type Source, type State } from './look.ts';
import { match } from './match.ts';
import { question } from './question.ts';
import { ticker } from './ticker.ts';
import './overlay.css';

// `/overlay/<token>/<source>`: one browser source. It asks nobody to sign in, draws on nothing, and never gives up.

const OVERLAYS: Record<Source, (root: HTMLElement, token: string) => Overlay> = {
  alerts,
  goal,
  leaderboard,
  match,
  question,
  ticker,
};

const [, , token = '', source = ''] = location.pathname.split('/');
const root = document.getElementById('overlay');
if (root !== null && isSource(source)) {
  const overlay = OVERLAYS[source](root, token);
  const show = (settings: Settings) => place(root, source, asked(settings));
  let settings: Settings | undefined;
  addEventListener('resize', () => {
    if (settings !== undefined) show(settings);
  });
  openLine(token, source, {
    after: () => overlay.after?.(),
    tell(message) {
      if (message.type === 'state') {
        const state = message as unknown as State;
        settings = state.settings;
        show(settings);
        root.hidden = false;
        overlay.state({ ...state, settings: asked(settings) });
      } else {
        overlay.tell(message);
      }
      document.documentElement.dataset.open = '';
    },
    gone() {
      root.hidden = true;
      delete document.documentElement.dataset.open;
      overlay.blank();
    },
  });
}
