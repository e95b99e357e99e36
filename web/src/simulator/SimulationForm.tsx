import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Play } from 'lucide-react';
import { useId, useState } from 'react';
import { formProblem, useFocusOnWrong } from '../identity/form.ts';
import { draftsQuery } from '../rates/drafts-api.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { Segment } from '../ui/Segment.tsx';
import { ErrorCard } from '../ui/States.tsx';
import {
  askSimulation,
  type Scenario,
  type ScenarioWords,
  type SimulationInput,
  simulationsChanged,
} from './simulator-api.ts';

interface SimulationFormProps {
  /** The draft to try first. */
  readonly draft: string | null;
  readonly scenarios: readonly ScenarioWords[];
}

const STARTS = [
  { value: 'site', label: 'This site, now' },
  { value: 'example', label: 'An invented town' },
] as const;

/** No draft: a number of one's own. */
const OWN = 'own';

/** Which rate is tried, in which time, with whom. */
export function SimulationForm({ draft, scenarios }: SimulationFormProps) {
  const id = useId();
  const navigate = useNavigate();
  const drafts = useInfiniteQuery(draftsQuery);
  const open = (drafts.data?.pages.flatMap(({ items }) => items) ?? []).filter(
    ({ state }) => state !== 'approved' && state !== 'dropped',
  );
  const [chosen, setChosen] = useState(draft);
  const rate = chosen ?? open[0]?.id ?? OWN;
  const [dollars, setDollars] = useState('');
  const [scenario, setScenario] = useState<Scenario>('ordinary');
  const [start, setStart] = useState<SimulationInput['start']>('site');
  const [days, setDays] = useState('30');
  const [viewers, setViewers] = useState('10000');
  const [creators, setCreators] = useState('400');
  const [seed, setSeed] = useState('');
  const ask = useMutation({
    mutationFn: () =>
      askSimulation({
        ...(rate === OWN ? { dollars: dollars.trim() } : { draft: rate }),
        scenario,
        start,
        days: Number(days),
        viewers: Number(viewers),
        creators: Number(creators),
        ...(seed === '' ? {} : { seed: Number(seed) }),
      }),
    onSuccess: (run) => {
      simulationsChanged();
      void navigate({ to: '/console/simulator/$id', params: { id: run.id } });
    },
  });
  const problem = formProblem(ask.error, ['/dollars', '/days', '/viewers', '/creators', '/seed']);
  const form = useFocusOnWrong(ask.error);
  return (
    <form
      ref={form}
      className="simulation-form"
      onSubmit={(event) => {
        event.preventDefault();
        ask.mutate();
      }}
    >
      {problem.rest === null ? null : <ErrorCard title="It was not begun." error={problem.rest} />}
      <div className="field">
        <label htmlFor={`${id}-rate`}>Rate</label>
        <select
          id={`${id}-rate`}
          className="input"
          value={rate}
          onChange={(event) => setChosen(event.target.value)}
        >
          {open.map((one) => (
            <option key={one.id} value={one.id}>
              Draft of ${one.dollars}, {one.yours ? 'yours' : one.draftedBy.displayName}
            </option>
          ))}
          <option value={OWN}>Another number</option>
        </select>
      </div>
      {rate === OWN ? (
        <Field
          label="Dollars for 1,000 Diamonds"
          inputMode="decimal"
          autoComplete="off"
          placeholder="13.50"
          required
          pattern="[0-9]+(\.[0-9]{1,6})?"
          value={dollars}
          onChange={(event) => setDollars(event.target.value)}
          wrong={problem.at('/dollars')}
        />
      ) : null}
      <div className="field">
        <label htmlFor={`${id}-scenario`}>Scenario</label>
        <select
          id={`${id}-scenario`}
          className="input"
          value={scenario}
          aria-describedby={`${id}-line`}
          onChange={(event) => setScenario(event.target.value as Scenario)}
        >
          {scenarios.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
        <span className="hint" id={`${id}-line`}>
          {scenarios.find(({ name }) => name === scenario)?.line}
        </span>
      </div>
      <div className="field">
        <span className="label">Begin with</span>
        <Segment label="Begin with" items={STARTS} value={start} onChange={setStart} />
        <span className="hint">
          {start === 'site'
            ? 'What is held and owed here now, and was bought, earned and withdrawn in thirty days.'
            : 'Each viewer buys for $8 a month; creators have a month’s Diamonds, and half as much again is held.'}
        </span>
      </div>
      <div className="numbers">
        <Whole
          label="Days"
          least={7}
          most={365}
          value={days}
          onChange={setDays}
          wrong={problem.at('/days')}
        />
        <Whole
          label="Viewers"
          least={10}
          most={20_000}
          value={viewers}
          onChange={setViewers}
          wrong={problem.at('/viewers')}
        />
        <Whole
          label="Creators"
          least={1}
          most={1_000}
          value={creators}
          onChange={setCreators}
          wrong={problem.at('/creators')}
        />
        <Whole
          label="Seed"
          least={0}
          most={4_294_967_295}
          value={seed}
          onChange={setSeed}
          optional
          wrong={problem.at('/seed')}
        />
      </div>
      <p className="hint">The same seed with the same beginning comes to the same numbers. Empty: any.</p>
      <div>
        <Button type="submit" kind="primary" icon={<Play aria-hidden />} busy={ask.isPending}>
          Run
        </Button>
      </div>
    </form>
  );
}

interface WholeProps {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly optional?: boolean;
  readonly wrong: string | undefined;
}

/** A whole number within bounds; the server says the same. */
function Whole({ label, least, most, value, onChange, optional = false, wrong }: WholeProps) {
  return (
    <Field
      label={label}
      type="number"
      inputMode="numeric"
      min={least}
      max={most}
      step={1}
      required={!optional}
      placeholder={optional ? 'any' : undefined}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      wrong={wrong}
    />
  );
}
