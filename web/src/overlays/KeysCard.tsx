import { useMutation } from '@tanstack/react-query';
import { Check, Copy, KeyRound, Plus } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Sheet } from '../ui/Sheet.tsx';
import { Status } from '../ui/Status.tsx';
import { Time } from '../ui/Time.tsx';
import { useCopy } from '../ui/useCopy.ts';
import { makeKey, type OverlayKey, overlaysQuery, revokeKey, SOURCES } from './overlays-api.ts';
import { ABOUT } from './sources.ts';

interface Made {
  readonly key: OverlayKey;
  readonly token: string;
}

const changed = () => void queryClient.invalidateQueries({ queryKey: overlaysQuery.queryKey });

/** The tokens that overlays open with: new ones, what uses them, and their end. */
export function KeysCard({ keys }: { readonly keys: readonly OverlayKey[] }) {
  const [naming, setNaming] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const [ending, setEnding] = useState<OverlayKey | null>(null);
  return (
    <section className="card grid grid-cols-[minmax(0,1fr)] gap-4" aria-labelledby="keys">
      <header>
        <h2 id="keys">Addresses</h2>
        {naming || (keys.length === 0 && made === null) ? null : (
          <Button size="sm" kind="soft" icon={<Plus aria-hidden />} onClick={() => setNaming(true)}>
            New addresses
          </Button>
        )}
      </header>
      {made === null ? null : <Addresses made={made} onDone={() => setMade(null)} />}
      {naming || (keys.length === 0 && made === null) ? (
        <NewKey
          onMade={(fresh) => {
            setNaming(false);
            setMade(fresh);
          }}
          onCancel={keys.length === 0 ? null : () => setNaming(false)}
        />
      ) : null}
      {keys.length === 0 ? null : (
        <ul className="overlay-keys">
          {keys.map((key) => (
            <li key={key.id}>
              <KeyRound aria-hidden />
              <div className="min-w-0">
                <b>{key.name}</b>
                <span className="about">
                  ends in {key.endsWith} · made <Time at={key.madeAt} />
                  {key.mayTest ? ' · may send tests' : ''}
                </span>
              </div>
              <span className="use">
                {key.openNow ? (
                  <Status look="done">Open now</Status>
                ) : key.seenAt === null ? (
                  'Not used yet'
                ) : (
                  <>
                    Used <Time at={key.seenAt} />
                  </>
                )}
              </span>
              <Button size="sm" kind="ghost" onClick={() => setEnding(key)}>
                Revoke<span className="sr-only"> {key.name}</span>
              </Button>
            </li>
          ))}
        </ul>
      )}
      <EndKey
        ending={ending}
        onClose={(ended) => {
          if (ended !== null && ended === made?.key.id) setMade(null);
          setEnding(null);
        }}
      />
    </section>
  );
}

function NewKey({
  onMade,
  onCancel,
}: {
  readonly onMade: (made: Made) => void;
  readonly onCancel: (() => void) | null;
}) {
  const [name, setName] = useState('OBS');
  const [mayTest, setMayTest] = useState(false);
  const make = useMutation({
    mutationFn: () => makeKey({ name, mayTest }),
    onSuccess: (made) => {
      changed();
      onMade(made);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const problem = make.error === null ? null : ApiProblem.of(make.error);
  return (
    <form className="overlay-new" onSubmit={submit}>
      <p className="text-md text-fg-2">
        Each set of addresses has a secret token in it. They are shown once; you can take them back at any
        time.
      </p>
      <Field
        label="What they are for"
        value={name}
        maxLength={40}
        onChange={(event) => setName(event.target.value)}
        wrong={problem === null ? undefined : problem.detail}
      />
      <label className="check">
        <input type="checkbox" checked={mayTest} onChange={(event) => setMayTest(event.target.checked)} />
        Programs may send test events with it, a stream deck for example
      </label>
      <div className="flex flex-wrap gap-2.5">
        <Button type="submit" kind="primary" busy={make.isPending} disabled={name.trim() === ''}>
          Make the addresses
        </Button>
        {onCancel === null ? null : (
          <Button kind="bare" onClick={onCancel}>
            Cancel
          </Button>
        )}
      </div>
    </form>
  );
}

/** The addresses of a new token: copied, never read out by the screen that may be on air. */
function Addresses({ made, onDone }: { readonly made: Made; readonly onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="overlay-addresses">
      <h3 ref={heading} tabIndex={-1}>
        Put these into your streaming program now
      </h3>
      <p className="text-md text-fg-2">
        In OBS: Sources, +, Browser. Paste the address, width 1920, height 1080, frame rate 60. The token is
        hidden here, as your screen may be on air, and cannot be shown again.
      </p>
      <ul>
        {SOURCES.map((source) => (
          <Address
            key={source}
            name={ABOUT[source].name}
            address={`${location.origin}/overlay/${made.token}/${source}`}
            shown={`${location.host}/overlay/••••${made.key.endsWith}/${source}`}
          />
        ))}
        {made.key.mayTest ? (
          <Address name="Token" address={made.token} shown={`ovl_••••${made.key.endsWith}, for programs`} />
        ) : null}
      </ul>
      <div>
        <Button kind="plain" size="sm" onClick={onDone}>
          I have them
        </Button>
      </div>
    </div>
  );
}

function Address({
  name,
  address,
  shown,
}: {
  readonly name: string;
  readonly address: string;
  readonly shown: string;
}) {
  const { copied, copy } = useCopy();
  return (
    <li>
      <b>{name}</b>
      <code>{shown}</code>
      <Button
        size="sm"
        kind="soft"
        icon={copied === true ? <Check aria-hidden /> : <Copy aria-hidden />}
        onClick={() => copy(address)}
      >
        {copied === true ? 'Copied' : copied === false ? 'Not allowed' : 'Copy'}
        <span className="sr-only"> the address of {name}</span>
      </Button>
    </li>
  );
}

function EndKey({
  ending,
  onClose,
}: {
  readonly ending: OverlayKey | null;
  readonly onClose: (ended: string | null) => void;
}) {
  const end = useMutation({
    mutationFn: (key: OverlayKey) => revokeKey(key.id),
    onSuccess: (_nothing, key) => {
      changed();
      onClose(key.id);
      notifyDone(`“${key.name}” is revoked. What was open with it is blank.`);
    },
  });
  return (
    <Sheet
      open={ending !== null}
      onOpenChange={(open) => {
        if (open) return;
        end.reset();
        onClose(null);
      }}
      title={`Revoke “${ending?.name ?? ''}”?`}
      description="Every overlay that is open with it goes blank within seconds. This cannot be undone; you can make new addresses."
    >
      {end.isError ? (
        <p role="alert" className="text-bad">
          {ApiProblem.of(end.error).detail} {ApiProblem.of(end.error).remedy}
        </p>
      ) : null}
      <div className="flex flex-wrap gap-2.5">
        <Button kind="danger" busy={end.isPending} onClick={() => ending !== null && end.mutate(ending)}>
          Revoke it
        </Button>
        <Button kind="bare" onClick={() => onClose(null)}>
          Keep it
        </Button>
      </div>
    </Sheet>
  );
}
