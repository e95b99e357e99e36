import { type FormEvent, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Button } from '../ui/Button.tsx';
import { type QuestionSettings, questionsChanged, setQuestions } from './questions-api.ts';

interface CreatorSettingsProps {
  readonly handle: string;
  readonly settings: QuestionSettings;
}

/** Opens and closes questions in one's own live, and says what one costs. */
export function CreatorSettings({ handle, settings }: CreatorSettingsProps) {
  const [price, setPrice] = useState(settings.on ? settings.coins.units : '50');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const save = async (on: boolean) => {
    setBusy(true);
    setProblem(null);
    try {
      await setQuestions({ on, coins: on ? price : settings.coins.units });
    } catch (error) {
      setProblem(ApiProblem.of(error));
    } finally {
      setBusy(false);
      questionsChanged(handle);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(true);
  };
  const isChanged = !settings.on || price !== settings.coins.units;
  return (
    <form className="question-settings" onSubmit={submit}>
      <label htmlFor="question-price">Coins for a question</label>
      <input
        id="question-price"
        className="input"
        inputMode="numeric"
        pattern="0|[1-9][0-9]*"
        value={price}
        onChange={(event) => setPrice(event.target.value.replace(/\D/g, '').replace(/^0+(?=\d)/, ''))}
        aria-describedby="question-price-note"
      />
      <Button type="submit" size="sm" kind="primary" busy={busy} disabled={price === '' || !isChanged}>
        {settings.on ? 'Change' : 'Open'}
      </Button>
      {settings.on ? (
        <Button size="sm" kind="ghost" disabled={busy} onClick={() => void save(false)}>
          Close
        </Button>
      ) : null}
      <p id="question-price-note">
        {settings.on ? (
          settings.coins.units === '0' ? (
            'Open, free.'
          ) : (
            <>
              Open. You get <AmountText amount={settings.creatorGets} /> for an answer.
            </>
          )
        ) : (
          'Closed. 0 makes them free.'
        )}
      </p>
      {problem === null ? null : (
        <p className="wrong" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
    </form>
  );
}
