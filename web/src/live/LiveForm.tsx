import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Camera, Image, MonitorUp, Radio } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { usePolicy } from '../api/policy.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { rateQuery } from '../api/rates.ts';
import { type Me, useSession } from '../api/session.ts';
import { setQuestions } from '../questions/questions-api.ts';
import { Diamonds, Money } from '../ui/Amount.tsx';
import { groupDigits } from '../ui/amounts.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyFailure } from '../ui/notify.ts';
import { CameraPreview } from '../video/CameraPreview.tsx';
import { ObsAccess } from '../video/ObsAccess.tsx';
import { onAir } from '../video/on-air.ts';
import { useOwnCamera } from '../video/useOwnCamera.ts';
import { EffectsChoice } from './EffectsChoice.tsx';
import { startLive } from './go-live-api.ts';
import { keepSource, keptSource, type Source } from './source.ts';

const TITLE_MAX = 80;
const DIAMOND_UNITS = 1_000n;
const USUAL_PRICE = '50';

/** The picture beside what is to be said about the live, and the button that begins it. */
export function LiveForm({ me, isBlocked }: { readonly me: Me; readonly isBlocked: boolean }) {
  const navigate = useNavigate();
  const camera = useOwnCamera();
  const [source, setSource] = useState<Source>(keptSource);
  const [title, setTitle] = useState('');
  const [tags, setTags] = useState('');
  const [category, setCategory] = useState('');
  const [goal, setGoal] = useState('');
  const [goalFor, setGoalFor] = useState('');
  const [giftsOn, setGiftsOn] = useState(true);
  const [asksOn, setAsksOn] = useState(false);
  const [price, setPrice] = useState(USUAL_PRICE);
  const [effectsCap, setEffectsCap] = useState(5);
  const wrongPrice = usePriceRule(asksOn ? price : '0');
  const start = useMutation({
    mutationFn: async () => {
      const { stage } = await startLive({
        title,
        hashtags: tags.split(/[\s,]+/).filter((tag) => tag !== ''),
        ...(category.trim() === '' ? {} : { category }),
        ...(isWhole(goal)
          ? {
              goal: {
                title: goalFor.trim() === '' ? 'Goal' : goalFor,
                targetUnits: (BigInt(goal) * DIAMOND_UNITS).toString(),
              },
            }
          : {}),
        giftsOn,
        effectsCap,
      });
      // From here on it is live: what fails now is told, and can be done on the dashboard.
      if (source === 'camera') onAir.begin(me.handle);
      else onAir.end();
      if (asksOn) await setQuestions({ on: true, coins: price }).catch(tellClosedQuestions);
      return stage;
    },
    onSuccess: async (stage) => {
      keepSource(source);
      queryClient.setQueryData(['stage', me.handle], stage);
      void queryClient.invalidateQueries({ queryKey: ['schedule'] });
      await queryClient.invalidateQueries({ queryKey: ['studio'] });
      await navigate({ to: '/studio/live' });
    },
    // It may have been heard all the same.
    onError: () => void queryClient.invalidateQueries({ queryKey: ['stage', me.handle] }),
  });
  const problem = start.error === null ? null : ApiProblem.of(start.error);
  const wrong = (field: string) => (problem?.field === field ? problem.detail : undefined);
  const notYet = isBlocked
    ? 'Not yet: see what is missing in the list above.'
    : source === 'camera' && !camera.hasPicture
      ? 'Not yet: turn your camera on, or choose another source.'
      : wrongPrice !== undefined
        ? 'Not yet: choose another price for questions.'
        : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (notYet === null) start.mutate();
  };
  return (
    <form className="live-setup" onSubmit={submit}>
      <section className="card" aria-labelledby="picture">
        <h2 id="picture">Your picture</h2>
        <SourceChoice source={source} onChoose={setSource} />
        {source === 'camera' ? (
          <CameraPreview />
        ) : source === 'obs' ? (
          <ObsAccess />
        ) : (
          <p className="drawn-note">
            Your stage shows its drawn scene; chat, gifts and questions work as always. You can send your
            camera at any time from your dashboard.
          </p>
        )}
      </section>
      <section className="card" aria-labelledby="setup">
        <h2 id="setup">Your live</h2>
        <div className="go-live-form">
          <Field
            label="Title"
            value={title}
            maxLength={TITLE_MAX}
            required
            hint={`${TITLE_MAX - title.length} left`}
            wrong={wrong('/title')}
            onChange={(event) => setTitle(event.target.value)}
          />
          <div className="pair">
            <Field
              label="Hashtags"
              value={tags}
              placeholder="#singing #live"
              hint="Up to five, with spaces between them"
              wrong={wrong('/hashtags')}
              onChange={(event) => setTags(event.target.value)}
            />
            <Field
              label="Category"
              value={category}
              maxLength={40}
              placeholder="Music"
              wrong={wrong('/category')}
              onChange={(event) => setCategory(event.target.value)}
            />
          </div>
          <div className="pair">
            <Field
              label="Goal in Diamonds"
              value={goal}
              inputMode="numeric"
              hint={<GoalWorth goal={goal} />}
              wrong={wrong('/goal/targetUnits')}
              onChange={(event) =>
                setGoal(event.target.value.replaceAll(/\D/g, '').replace(/^0+/, '').slice(0, 8))
              }
            />
            <Field
              label="What it is for"
              value={goalFor}
              maxLength={40}
              placeholder="A new microphone"
              disabled={goal === ''}
              wrong={wrong('/goal/title')}
              onChange={(event) => setGoalFor(event.target.value)}
            />
          </div>
          <div className="switches">
            {' '}
            <Switch label="Fans can send gifts" isOn={giftsOn} onSwitch={setGiftsOn} />
            <Switch label="Fans can ask questions" isOn={asksOn} onSwitch={setAsksOn}>
              {asksOn ? <PriceField price={price} wrong={wrongPrice} onChange={setPrice} /> : null}
            </Switch>
          </div>{' '}
          <EffectsChoice value={effectsCap} onChange={setEffectsCap} />
          {problem !== null && problem.field === undefined ? (
            <p role="alert" className="text-bad">
              {problem.detail} {problem.remedy}
            </p>
          ) : null}
          <div>
            <Button
              kind="primary"
              size="lg"
              type="submit"
              icon={<Radio aria-hidden />}
              busy={start.isPending}
              disabled={notYet !== null}
              {...(notYet === null ? {} : { 'aria-describedby': 'not-yet' })}
            >
              Go live
            </Button>
            {notYet === null ? null : (
              <p id="not-yet" className="mt-2 text-md text-fg-2">
                {notYet}
              </p>
            )}
          </div>
        </div>
      </section>
    </form>
  );
}

const SOURCES: readonly { readonly value: Source; readonly label: string; readonly icon: ReactNode }[] = [
  { value: 'camera', label: 'This camera', icon: <Camera aria-hidden /> },
  { value: 'obs', label: 'OBS', icon: <MonitorUp aria-hidden /> },
  { value: 'none', label: 'Drawn scene', icon: <Image aria-hidden /> },
];

function SourceChoice({
  source,
  onChoose,
}: {
  readonly source: Source;
  readonly onChoose: (source: Source) => void;
}) {
  return (
    <fieldset className="sources" aria-label="Where the picture comes from">
      {SOURCES.map(({ value, label, icon }) => (
        <label key={value}>
          <input
            type="radio"
            name="source"
            value={value}
            checked={source === value}
            onChange={() => onChoose(value)}
          />
          {icon}
          {label}
        </label>
      ))}
    </fieldset>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
  readonly children?: ReactNode;
}

function Switch({ label, isOn, onSwitch, children }: SwitchProps) {
  return (
    <div className="grid gap-2">
      <label className="switch-row">
        <input
          type="checkbox"
          role="switch"
          checked={isOn}
          aria-checked={isOn}
          onChange={(event) => onSwitch(event.target.checked)}
        />
        {label}
      </label>
      {children}
    </div>
  );
}

/** What a goal is worth at today's rate. */
function GoalWorth({ goal }: { readonly goal: string }) {
  const rate = useQuery({ ...rateQuery, enabled: isWhole(goal) }).data;
  if (!isWhole(goal)) return 'Empty for none';
  if (rate === undefined) return 'Diamonds that your fans’ gifts bring you';
  const { numerator, denominator } = rate.centsPerUnit;
  const cents = (BigInt(goal) * DIAMOND_UNITS * BigInt(numerator)) / BigInt(denominator);
  return (
    <>
      Worth <Money units={cents} estimate /> at today’s rate
    </>
  );
}

/** What is wrong with a price under the policy in force. */
function usePriceRule(price: string): string | undefined {
  const limits = usePolicy()?.questions;
  if (limits === undefined || price === '' || price === '0') return undefined;
  const [coins, min, max] = [BigInt(price), BigInt(limits.coinsMin), BigInt(limits.coinsMax)];
  if (coins >= min && coins <= max) return undefined;
  return `Free, or ${groupDigits(min)} to ${groupDigits(max)} Coins.`;
}

function PriceField({
  price,
  wrong,
  onChange,
}: {
  readonly price: string;
  readonly wrong: string | undefined;
  readonly onChange: (price: string) => void;
}) {
  const site = useSession()?.site;
  const policy = usePolicy();
  const hint = () => {
    if (price === '0' || price === '') return 'Free. A fan has one at a time.';
    if (site === undefined || policy === undefined) return 'Held until you answer, returned if you do not';
    const coin = site.coin.moneyPerCoin;
    const share = policy.gifts.diamondUnitsPerCoin;
    const paid = BigInt(price) * BigInt(coin.numerator);
    const over = BigInt(coin.denominator);
    return (
      <>
        <Money units={(paid + over - 1n) / over} /> for your fan; you get{' '}
        <Diamonds units={(BigInt(price) * BigInt(share.numerator)) / BigInt(share.denominator)} /> when you
        answer
      </>
    );
  };
  return (
    <Field
      label="Coins for a question"
      value={price}
      inputMode="numeric"
      hint={hint()}
      wrong={wrong}
      required
      onChange={(event) =>
        onChange(
          event.target.value
            .replaceAll(/\D/g, '')
            .replace(/^0+(?=\d)/, '')
            .slice(0, 9),
        )
      }
    />
  );
}

function isWhole(digits: string): boolean {
  return /^[1-9]\d{0,7}$/.test(digits);
}

function tellClosedQuestions(error: unknown): void {
  const problem = ApiProblem.of(error);
  notifyFailure(
    `You are live, but questions are closed. ${problem.detail} ${problem.remedy}`,
    undefined,
    'questions-closed',
  );
}
