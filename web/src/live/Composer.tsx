import { Link } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { type FormEvent, memo, useState } from 'react';
import type { Me } from '../api/session.ts';
import type { Quote, Standing } from '../realtime/frames.ts';
import { timeText } from '../ui/dates.ts';

const LETTERS_MAX = 200;

interface ComposerProps {
  readonly me: Me | null;
  readonly handle: string;
  readonly hostName: string;
  /** The line that is answered. */
  readonly answering: Quote | null;
  /** Seconds between two of one's messages; 0 = not slow. */
  readonly slowSeconds: number;
  readonly you: Standing | null;
  readonly onSay: (text: string) => void;
  readonly onAnswerNobody: () => void;
}

/** Where one says something. */
export const Composer = memo(function Composer(props: ComposerProps) {
  const { me, handle, hostName, answering, slowSeconds, you, onSay, onAnswerNobody } = props;
  const [text, setText] = useState('');
  if (me === null) {
    return (
      <Link className="composer" data-signed-out="" to="/login" search={{ return: `/live/${handle}` }}>
        Sign in to chat
      </Link>
    );
  }
  const shut = shutText(you, hostName);
  if (shut !== null) {
    return (
      <p className="composer" data-shut="" role="status">
        {shut}
      </p>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (trimmed === '') return;
    onSay(trimmed);
    setText('');
  };
  const form = (
    <form className="composer" onSubmit={submit}>
      <input
        id="chat-input"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || answering === null) return;
          event.stopPropagation();
          onAnswerNobody();
        }}
        placeholder={slowSeconds > 0 ? `One message every ${slowSeconds} s` : 'Say something nice'}
        aria-label={answering === null ? 'Chat message' : `Answer to ${answering.displayName}`}
        maxLength={LETTERS_MAX}
        autoComplete="off"
        enterKeyHint="send"
      />
      <button type="submit" className="icon-btn" aria-label="Send message" disabled={text.trim() === ''}>
        <Send aria-hidden />
      </button>
    </form>
  );
  if (answering === null) return form;
  return (
    <div className="composer-with">
      <div className="answering">
        <span>
          Answering <b>{answering.displayName}</b>: {answering.text}
        </span>
        <button type="button" onClick={onAnswerNobody}>
          Cancel
        </button>
      </div>
      {form}
    </div>
  );
});

/** Why one cannot write here now; `null` when one can. */
function shutText(you: Standing | null, hostName: string): string | null {
  if (you?.banned === true) return `${hostName} does not want you on this stage.`;
  const until = you?.mutedUntil == null ? null : new Date(you.mutedUntil);
  if (until === null || until.getTime() <= Date.now()) return null;
  return `You cannot write here until ${timeText(until)}. You can watch and send gifts.`;
}
