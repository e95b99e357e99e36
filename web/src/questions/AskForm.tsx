import { Link } from '@tanstack/react-router';
import { type FormEvent, useRef, useState } from 'react';
import { freshKey } from '../api/fresh-key.ts';
import { ApiProblem } from '../api/problem.ts';
import type { Me } from '../api/session.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { ask, type QuestionSettings, questionsChanged, walletChanged } from './questions-api.ts';

interface AskFormProps {
  readonly handle: string;
  readonly hostName: string;
  readonly settings: QuestionSettings;
  readonly me: Me;
}

/** Asks a question. It says what it costs, what the creator gets, and when the Coins come back. */
export function AskForm({ handle, hostName, settings, me }: AskFormProps) {
  const [text, setText] = useState('');
  const [sending, setSending] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  // The same key until it is known what became of it: a lost answer is asked for again, not paid again.
  const intention = useRef<{ readonly key: string; readonly what: string } | null>(null);
  const isFree = settings.coins.units === '0';
  if (!isFree && !me.adult) {
    return (
      <p className="ask-note">
        Paid questions open at 18.{' '}
        {me.dateOfBirth === null ? (
          <Link to="/age" className="text-link">
            Add my date of birth
          </Link>
        ) : null}
      </p>
    );
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const asked = { text: text.trim(), coins: settings.coins.units };
    if (asked.text === '') return;
    const what = JSON.stringify(asked);
    if (intention.current?.what !== what) intention.current = { key: freshKey(), what };
    setSending(asked.text);
    setText('');
    setProblem(null);
    setSaid(null);
    try {
      const { question } = await ask(handle, asked, intention.current.key);
      intention.current = null;
      setSaid(question.where.place === 'escrow' ? question.where.sentence : 'Asked.');
    } catch (error) {
      const refused = ApiProblem.of(error);
      if (!refused.unheard) intention.current = null;
      setProblem(refused);
      setText(asked.text);
    } finally {
      setSending(null);
      questionsChanged(handle);
      walletChanged();
    }
  };
  return (
    <form className="ask" onSubmit={(event) => void submit(event)}>
      {sending === null ? null : (
        <p className="sending" role="status">
          Asking: {sending}
        </p>
      )}
      {said === null ? null : <p role="status">{said}</p>}
      {problem === null ? null : (
        <div className="wrong" role="alert">
          <p>
            {problem.detail} {problem.remedy}
          </p>
          {problem.code === 'insufficient_coins' ? (
            <Link
              to="/wallet/top-up"
              search={{ return: `/live/${handle}`, ...exactOf(problem.data.missing) }}
              {...buttonLook({ kind: 'primary', size: 'sm' })}
            >
              Get Coins
            </Link>
          ) : null}
        </div>
      )}
      <label className="sr-only" htmlFor="question-text">
        Your question to {hostName}
      </label>
      <textarea
        id="question-text"
        className="input"
        rows={2}
        maxLength={settings.lengthMax}
        value={text}
        placeholder={`Ask ${hostName}`}
        onChange={(event) => setText(event.target.value)}
      />
      <p className="terms">
        {isFree ? (
          'Free. One open question at a time.'
        ) : (
          <>
            <AmountText amount={settings.coins} /> (<AmountText amount={settings.money} />
            ), held until it is answered; {hostName} gets <AmountText amount={settings.creatorGets} />. Not
            answered, they come back.
          </>
        )}
      </p>
      <Button type="submit" kind="primary" wide busy={sending !== null} disabled={text.trim() === ''}>
        {isFree ? 'Ask' : <>Ask for {settings.coins.display}</>}
      </Button>
    </form>
  );
}

function exactOf(missing: unknown): { exact?: string } {
  return typeof missing === 'string' && /^[1-9]\d{0,8}$/.test(missing) ? { exact: missing } : {};
}
