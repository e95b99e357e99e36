import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, ImagePlus, RefreshCw, ShieldCheck } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { every } from '../api/query.ts';
import { Signed } from '../identity/Signed.tsx';
import { Button, buttonLook } from '../ui/Button.tsx';
import { calendarDay, calendarDayText } from '../ui/dates.ts';
import { Field } from '../ui/Field.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Status, type StatusLook } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { Timeline } from '../ui/Timeline.tsx';
import { countryNames } from './countries.ts';
import {
  type CaseState,
  DOCUMENT_WORDS,
  type DocumentKind,
  FIELD_WORDS,
  handIn,
  keepDetails,
  type Mine,
  mineQuery,
  type OwnCase,
  type Side,
  sendPicture,
  takeBack,
} from './verification-api.ts';
import './verification.css';

/** Who one is, shown with papers: what to give, what happens to it, and what came of it. */
export function VerifyPage() {
  return (
    <Signed title="Who you are" why="Sign in to show who you are.">
      {() => <Verify />}
    </Signed>
  );
}

function Verify() {
  const query = useQuery({ ...mineQuery, refetchInterval: every(15_000) });
  const mine = query.data;
  return (
    <div className="page-body">
      <PageHead title="Who you are" sub="Your papers, once: so that what you earn goes to you alone.">
        {mine?.case == null ? null : <CaseStatus state={mine.case.state} />}
      </PageHead>
      {mine === undefined ? (
        query.isError ? (
          <ErrorCard
            title="Your papers could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={360} className="rounded-[22px]!" />
        )
      ) : (
        <div className="verify">
          <div className="grid gap-[18px]">
            <Main mine={mine} />
          </div>
          <aside className="grid gap-[18px]">
            {mine.case === null ? null : <Steps found={mine.case} />}
            <Pledge mine={mine} />
          </aside>
        </div>
      )}
    </div>
  );
}

const LOOKS: Readonly<Record<CaseState, readonly [StatusLook, string]>> = {
  started: ['pending', 'Begun'],
  submitted: ['checking', 'Being looked at'],
  approved: ['done', 'Checked'],
  refused: ['failed', 'Needs mending'],
  expired: ['warning', 'Over'],
  revoked: ['warning', 'To show again'],
  withdrawn: ['warning', 'Taken back'],
  undecided: ['warning', 'Over'],
};

function CaseStatus({ state }: { readonly state: CaseState }) {
  const [look, word] = LOOKS[state];
  return <Status look={look}>{word}</Status>;
}

function Main({ mine }: { readonly mine: Mine }) {
  const found = mine.case;
  const [again, setAgain] = useState(false);
  if (found?.state === 'approved') return <Known found={found} />;
  if (found?.state === 'submitted') return <Waits />;
  if (!mine.takesPapers) return <NotYet />;
  if (found?.state === 'refused' && !again) {
    return <Refused found={found} triesLeft={mine.triesLeft} onAgain={() => setAgain(true)} />;
  }
  const open = found?.state === 'started' ? found : null;
  return (
    <>
      {found?.state === 'revoked' ? <Again found={found} /> : null}
      {found?.state === 'refused' ? <Mend found={found} /> : null}
      {found?.state === 'undecided' ? <NobodyDecided /> : null}
      {/* What was typed before is a start, also after a refusal. */}
      <Details key={open?.id ?? 'new'} before={found} open={open} dateOfBirth={mine.dateOfBirth} />
      {open === null ? null : <Pictures found={open} mine={mine} />}
      {open === null ? null : <TakeBack>Do not go on, and erase what is here</TakeBack>}
    </>
  );
}

function Details({
  before,
  open,
  dateOfBirth,
}: {
  readonly before: OwnCase | null;
  readonly open: OwnCase | null;
  readonly dateOfBirth: string | null;
}) {
  const id = useId();
  const [name, setName] = useState(before?.legalName ?? '');
  const [latin, setLatin] = useState(before?.latinName ?? '');
  const [country, setCountry] = useState(before?.country ?? '');
  const [document, setDocument] = useState<DocumentKind>(before?.document ?? 'passport');
  const needsLatin = /\p{L}/u.test(name) && !isLatin(name);
  const latinName = needsLatin ? latin : null;
  const keep = useMutation({
    mutationFn: () =>
      keepDetails({
        legalName: name,
        latinName,
        dateOfBirth: dateOfBirth ?? '',
        country: country.trim(),
        document,
      }),
  });
  const problem = keep.error === null ? null : ApiProblem.of(keep.error);
  const isKept =
    open !== null &&
    open.legalName === name &&
    open.latinName === latinName &&
    open.country === country &&
    open.document === document;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  const day = dateOfBirth === null ? null : calendarDay(dateOfBirth);
  return (
    <section className="card" aria-labelledby={`${id}-what`}>
      <h2 id={`${id}-what`} className="text-lg font-bold">
        1. What your paper says
      </h2>
      <form className="grid gap-4 pt-3" onSubmit={submit}>
        <Field
          label="Your whole name, as it stands on the paper"
          autoComplete="name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          wrong={problem?.field === '/legalName' ? `${problem.detail} ${problem.remedy}` : undefined}
        />
        {needsLatin ? (
          <Field
            label="The same in Latin letters, as in the lines with < at the bottom of the paper"
            required
            maxLength={100}
            value={latin}
            onChange={(event) => setLatin(event.target.value)}
            hint="Your bank account may be in either of them."
            wrong={problem?.field === '/latinName' ? `${problem.detail} ${problem.remedy}` : undefined}
          />
        ) : null}
        <div className="verify-two">
          <div className="field">
            <label htmlFor={`${id}-country`}>Where it is from</label>
            <select
              id={`${id}-country`}
              className="input"
              required
              autoComplete="country"
              value={country}
              onChange={(event) => setCountry(event.target.value)}
            >
              <option value="">Choose a country</option>
              {countryNames().map(({ code, name: word }) => (
                <option key={code} value={code}>
                  {word}
                </option>
              ))}
            </select>
          </div>
          <div className="field">
            <label htmlFor={`${id}-document`}>What it is</label>
            <select
              id={`${id}-document`}
              className="input"
              value={document}
              onChange={(event) => setDocument(event.target.value as DocumentKind)}
            >
              {Object.entries(DOCUMENT_WORDS).map(([kind, word]) => (
                <option key={kind} value={kind}>
                  {word}
                </option>
              ))}
            </select>
          </div>
        </div>
        <p className="text-fg-2">
          Born on{' '}
          <b>{day === null ? 'a day that we do not know' : calendarDayText(dateOfBirth ?? '', new Date())}</b>
          .{' '}
          {day === null ? (
            <Link to="/age" className="text-link">
              Give your date of birth
            </Link>
          ) : (
            'Your paper must say the same.'
          )}
        </p>
        {problem === null || problem.field === '/legalName' || problem.field === '/latinName' ? null : (
          <p className="wrong-line" role="alert">
            {problem.detail} {problem.remedy}
          </p>
        )}
        <Button
          type="submit"
          kind={isKept ? 'ghost' : 'primary'}
          size="lg"
          busy={keep.isPending}
          disabled={isKept || day === null}
        >
          {open === null ? 'Go on to the pictures' : isKept ? 'Kept' : 'Keep the change'}
        </Button>
      </form>
    </section>
  );
}

/** Whether a name has Latin letters alone, as banks write names. */
function isLatin(name: string): boolean {
  return [...name].every(
    (letter) => !/\p{L}/u.test(letter) || /\p{Script=Latin}|\p{Script=Common}/u.test(letter),
  );
}

const SIDES: Readonly<Record<Side, { readonly title: string; readonly line: string }>> = {
  front: { title: 'The front', line: 'The side with your photo. All four corners, nothing covered.' },
  back: { title: 'The back', line: 'The other side, just as sharp.' },
  selfie: { title: 'You, holding it', line: 'Your face and the paper in one photo, taken now.' },
};

function Pictures({ found, mine }: { readonly found: OwnCase; readonly mine: Mine }) {
  const there = new Set(found.pictures.map(({ side }) => side));
  const missing = mine.needed.filter((side) => !there.has(side));
  const hand = useMutation({ mutationFn: handIn });
  const problem = hand.error === null ? null : ApiProblem.of(hand.error);
  return (
    <section className="card" aria-labelledby="pictures">
      <h2 id="pictures" className="text-lg font-bold">
        2. Pictures of it
      </h2>
      <p className="text-fg-2">
        JPEG, PNG or WebP, up to {Math.floor(mine.pictureBytesMax / 1_000_000)} MB. Where they were taken is
        removed before they are kept.
      </p>
      <ul className="verify-pictures">
        {mine.needed.map((side) => (
          <li key={side}>
            <PictureSlot side={side} isThere={there.has(side)} />
          </li>
        ))}
      </ul>
      {problem === null ? null : (
        <p className="wrong-line" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
      <Button
        kind="primary"
        size="lg"
        wide
        busy={hand.isPending}
        disabled={missing.length > 0}
        onClick={() => hand.mutate()}
      >
        {missing.length === 0
          ? 'Hand it in'
          : `${missing.length} ${missing.length === 1 ? 'picture' : 'pictures'} missing`}
      </Button>
    </section>
  );
}

function PictureSlot({ side, isThere }: { readonly side: Side; readonly isThere: boolean }) {
  const id = useId();
  const [preview, setPreview] = useState<string | null>(null);
  const [part, setPart] = useState(0);
  const send = useMutation({ mutationFn: (file: File) => sendPicture(side, file, setPart) });
  useEffect(() => () => (preview === null ? undefined : URL.revokeObjectURL(preview)), [preview]);
  const choose = (file: File | undefined) => {
    if (file === undefined) return;
    setPreview(URL.createObjectURL(file));
    setPart(0);
    send.mutate(file);
  };
  const problem = send.error === null ? null : ApiProblem.of(send.error);
  const { title, line } = SIDES[side];
  const isDone = isThere && !send.isPending && problem === null;
  return (
    <div className="verify-slot" data-done={isDone ? '' : undefined}>
      <label htmlFor={id}>
        <span className="verify-preview">
          {preview !== null && problem === null ? (
            <img src={preview} alt="" />
          ) : isDone ? (
            <CircleCheck aria-hidden />
          ) : (
            <ImagePlus aria-hidden />
          )}
        </span>
        <b>{title}</b>
        <small>{line}</small>
        <span className="verify-word">
          {send.isPending ? (
            'Sending…'
          ) : isDone ? (
            <>
              <RefreshCw aria-hidden /> Kept. Choose another
            </>
          ) : (
            'Choose a photo'
          )}
        </span>
      </label>
      <input
        id={id}
        type="file"
        accept="image/jpeg,image/png,image/webp"
        className="sr-only"
        disabled={send.isPending}
        aria-describedby={problem === null ? undefined : `${id}-wrong`}
        onChange={(event) => choose(event.target.files?.[0])}
      />
      {send.isPending ? <progress value={part} max={1} aria-label={`Sending: ${title}`} /> : null}
      {problem === null ? null : (
        <p className="wrong-line" id={`${id}-wrong`} role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
    </div>
  );
}

function Waits() {
  return (
    <section className="card grid gap-2">
      <h2 className="text-lg font-bold">Somebody looks at your papers</h2>
      <p className="text-fg-2">You need do nothing. We tell you what came of it, here and by the bell.</p>
      <TakeBack>Take my papers back</TakeBack>
    </section>
  );
}

/** Erases what was given, after one more question. */
function TakeBack({ children }: { readonly children: string }) {
  const [asked, setAsked] = useState(false);
  const take = useMutation({ mutationFn: takeBack });
  const problem = take.error === null ? null : ApiProblem.of(take.error);
  if (!asked) {
    return (
      <div>
        <Button kind="ghost" onClick={() => setAsked(true)}>
          {children}
        </Button>
      </div>
    );
  }
  return (
    <div className="notice grid gap-3" data-tone="warn">
      <p>Your pictures are erased at once. You can begin again whenever you like.</p>
      {problem === null ? null : (
        <p className="wrong-line" role="alert">
          {problem.detail} {problem.remedy}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        <Button kind="danger" busy={take.isPending} onClick={() => take.mutate()}>
          Erase them
        </Button>
        <Button kind="ghost" onClick={() => setAsked(false)}>
          Keep them
        </Button>
      </div>
    </div>
  );
}

function NobodyDecided() {
  return (
    <p className="notice" data-tone="warn">
      <CircleAlert aria-hidden />
      <span>
        <b>Nobody looked at your papers in time.</b> We are sorry. Your pictures are erased; please hand them
        in again.
      </span>
    </p>
  );
}

function Known({ found }: { readonly found: OwnCase }) {
  return (
    <section className="card grid gap-3">
      <h2 className="flex items-center gap-2 text-lg font-bold">
        <CircleCheck aria-hidden className="text-ok" /> We know who you are
      </h2>
      <p className="text-fg-2">
        <b>{found.legalName}</b>
        {found.latinName === null ? '' : `, in Latin letters ${found.latinName}`}. The accounts that you are
        paid to must be in this name.
      </p>
      <div>
        <Link to="/studio/withdraw" {...buttonLook({ kind: 'primary' })}>
          Withdraw
        </Link>
      </div>
    </section>
  );
}

function Mend({ found }: { readonly found: OwnCase }) {
  return (
    <p className="notice" data-tone="warn">
      <CircleAlert aria-hidden />
      <span>
        <b>To mend: {FIELD_WORDS[found.field ?? 'other'].toLowerCase()}.</b> {found.reason}
      </span>
    </p>
  );
}

function Again({ found }: { readonly found: OwnCase }) {
  return (
    <p className="notice" data-tone="warn">
      <CircleAlert aria-hidden />
      <span>
        <b>Please show your papers again.</b> {found.reason}
      </span>
    </p>
  );
}

function Refused({
  found,
  triesLeft,
  onAgain,
}: {
  readonly found: OwnCase;
  readonly triesLeft: number;
  readonly onAgain: () => void;
}) {
  return (
    <section className="card grid gap-4">
      <h2 className="text-lg font-bold">Your papers need another look</h2>
      <Mend found={found} />
      {triesLeft === 0 ? (
        <p className="text-fg-2">
          They were refused as often as can be. Write to support: they can give you another try.
        </p>
      ) : (
        <>
          <p className="text-fg-2">
            Begin again; what you typed is kept. You can do so {triesLeft} more{' '}
            {triesLeft === 1 ? 'time' : 'times'}.
          </p>
          <div>
            <Button kind="primary" size="lg" onClick={onAgain}>
              Mend it
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function NotYet() {
  return (
    <section className="card grid gap-2">
      <h2 className="text-lg font-bold">This site takes no papers yet</h2>
      <p className="text-fg-2">
        Its operator has to set a key with which they are locked away. Until then nothing asks you for them.
      </p>
    </section>
  );
}

function Steps({ found }: { readonly found: OwnCase }) {
  return (
    <section className="card" aria-labelledby="steps">
      <h2 id="steps" className="pb-2 text-lg font-bold">
        Where it is
      </h2>
      <Timeline
        label="Your papers"
        steps={found.timeline.map(({ label, note, at, state }, index) => ({
          key: `${index}`,
          label,
          ...(note === null ? {} : { note }),
          time: at === null ? '' : <Time at={at} />,
          state: state === 'failed' ? 'done' : state,
        }))}
      />
    </section>
  );
}

/** What happens to the pictures, in plain words. */
function Pledge({ mine }: { readonly mine: Mine }) {
  const found = mine.case;
  const gone = found?.pictures.find(({ erasedAt }) => erasedAt !== null)?.erasedAt ?? null;
  return (
    <section className="card verify-pledge" aria-labelledby="pledge">
      <h2 id="pledge" className="flex items-center gap-2 text-lg font-bold">
        <ShieldCheck aria-hidden /> What happens to your pictures
      </h2>
      <ul>
        <li>They are locked away as soon as they arrive.</li>
        <li>Only the operators who decide can look, and each look is written down.</li>
        <li>What you do not hand in, nobody looks at.</li>
        <li>They are never shown to fans, nor to other creators.</li>
        <li>Copies in backups of this site stay locked, and go when those backups go.</li>
        <li>
          {gone !== null ? (
            <>
              They were erased on <Time at={gone} />.
            </>
          ) : found?.erasedBy != null ? (
            <>
              They are erased by <Time at={found.erasedBy} /> at the latest.
            </>
          ) : (
            <>
              They are erased {mine.eraseAfterDays} days after you hand them in or we decide, and at once when
              you take them back.
            </>
          )}
        </li>
      </ul>
    </section>
  );
}
