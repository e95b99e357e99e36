import { Link } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Me } from '../api/session.ts';

const LETTERS_MAX = 200;

interface ComposerProps {
  readonly me: Me | null;
  readonly handle: string;
  readonly onSay: (text: string) => void;
}

/** Where one says something. */
export function Composer({ me, handle, onSay }: ComposerProps) {
  const [text, setText] = useState('');
  if (me === null) {
    return (
      <Link className="composer" data-signed-out="" to="/login" search={{ return: `/live/${handle}` }}>
        Sign in to chat
      </Link>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (trimmed === '') return;
    onSay(trimmed);
    setText('');
  };
  return (
    <form className="composer" onSubmit={submit}>
      <input
        id="chat-input"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Say something nice"
        aria-label="Chat message"
        maxLength={LETTERS_MAX}
        autoComplete="off"
        enterKeyHint="send"
      />
      <button type="submit" className="icon-btn" aria-label="Send message" disabled={text.trim() === ''}>
        <Send aria-hidden />
      </button>
    </form>
  );
}
