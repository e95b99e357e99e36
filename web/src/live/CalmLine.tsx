import { Sparkles, X } from 'lucide-react';
import { chooseEffects, useCalmWhenSlow } from '../gifts/effects.ts';

/** Steps the effects down where the stage cannot keep up, and says so until it is put away. */
export function CalmLine({ playing }: { readonly playing: boolean }) {
  const [calmed, putAway] = useCalmWhenSlow(playing);
  return (
    <div className="calm-line" role="status">
      {calmed ? (
        <p>
          <Sparkles aria-hidden />
          <span>Effects are calmer so that this stays smooth.</span>
          <button type="button" onClick={() => chooseEffects('full')}>
            Turn back
          </button>
          <button type="button" className="away" aria-label="Dismiss" onClick={putAway}>
            <X aria-hidden />
          </button>
        </p>
      ) : null}
    </div>
  );
}
