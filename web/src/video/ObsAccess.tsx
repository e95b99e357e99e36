import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, Copy, Eye, EyeOff, KeyRound } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { queryClient } from '../api/query.ts';
import { Button, IconButton } from '../ui/Button.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { Time } from '../ui/Time.tsx';
import { useCopy } from '../ui/useCopy.ts';
import { makeStreamKey, type StreamAccess, type StreamKey, streamKeyQuery } from './stream-key.ts';
import './own-video.css';

/** Where OBS and other programs send to, and the key that lets them. */
export function ObsAccess() {
  const access = useQuery(streamKeyQuery);
  const [told, setTold] = useState<string | null>(null);
  if (access.data === undefined) {
    return access.isError ? (
      <ErrorCard
        title="Your stream key could not be read."
        error={access.error}
        onRetry={() => void access.refetch()}
      />
    ) : (
      <Skeleton height={180} />
    );
  }
  const { whip, streamKey } = access.data;
  return (
    <div className="obs-access">
      <Secret label="Server (WHIP)" value={whip} />
      {told === null ? (
        <KeyLine streamKey={streamKey} onTold={setTold} />
      ) : (
        <>
          <Secret label="Stream key (bearer token)" value={told} hidden />
          <p className="text-sm text-fg-2">
            Copy it now: it is told this once. Whoever has it can send to your stage.
          </p>
        </>
      )}
      <details className="steps">
        <summary>How to set OBS up</summary>
        <ol>
          <li>
            Settings, Stream: choose the service <b>WHIP</b>; paste the server and the key above.
          </li>
          <li>
            Settings, Output (advanced): encoder H264, keyframe interval <b>1 s</b>, max B-frames <b>0</b>, at
            most 2,500 kbit/s; sound Opus.
          </li>
          <li>Press Go live here, then Start Streaming in OBS.</li>
        </ol>
      </details>
    </div>
  );
}

interface KeyLineProps {
  readonly streamKey: StreamKey | null;
  readonly onTold: (key: string) => void;
}

function KeyLine({ streamKey, onTold }: KeyLineProps) {
  const [asking, setAsking] = useState(false);
  const keep = useRef<HTMLButtonElement>(null);
  const make = useMutation({
    mutationFn: makeStreamKey,
    onSuccess: ({ key, ...access }) => {
      setAsking(false);
      queryClient.setQueryData<StreamAccess>(streamKeyQuery.queryKey, access);
      onTold(key);
    },
  });
  const failure = make.error === null ? null : <ErrorCard title="No key was made." error={make.error} />;
  if (streamKey === null) {
    return (
      <div className="grid gap-2.5">
        <p className="text-md text-fg-2">OBS needs a key that says that it sends for you.</p>
        {failure}
        <div>
          <Button
            kind="soft"
            icon={<KeyRound aria-hidden />}
            busy={make.isPending}
            onClick={() => make.mutate()}
          >
            Make a stream key
          </Button>
        </div>
      </div>
    );
  }
  return (
    <div className="field">
      <span className="label">Stream key (bearer token)</span>
      <div className="known-key">
        <code>
          <span className="sr-only">ends with </span>
          <span aria-hidden="true">···· </span>
          {streamKey.endsWith}
        </code>
        <Button kind="soft" size="sm" onClick={() => setAsking(true)}>
          Make a new key
        </Button>
      </div>
      <span className="hint">
        Made <Time at={streamKey.madeAt} />,{' '}
        {streamKey.lastUsedAt === null ? (
          'not used yet'
        ) : (
          <>
            last used <Time at={streamKey.lastUsedAt} />
          </>
        )}
        . It was told when it was made; here it is kept as a fingerprint alone.
      </span>
      <Sheet open={asking} onOpenChange={setAsking} title="Make a new key?" first={keep}>
        <p className="text-md text-fg-2">
          The key that ends with <b>{streamKey.endsWith}</b> opens nothing any more, so OBS and whatever else
          uses it must be given the new one. What is being sent right now goes on.
        </p>
        {failure}
        <div className="flex flex-wrap justify-end gap-2.5">
          <Button ref={keep} kind="ghost" onClick={() => setAsking(false)}>
            Keep the key
          </Button>
          <Button kind="danger" busy={make.isPending} onClick={() => make.mutate()}>
            Make a new key
          </Button>
        </div>
      </Sheet>
    </div>
  );
}

interface SecretProps {
  readonly label: string;
  readonly value: string;
  /** Shown when asked for. */
  readonly hidden?: boolean;
}

/** Something to copy into another program. */
function Secret({ label, value, hidden = false }: SecretProps) {
  const id = useId();
  const [shown, setShown] = useState(!hidden);
  const { copied, copy } = useCopy();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="secret">
        <input
          id={id}
          className="input"
          type={shown ? 'text' : 'password'}
          readOnly
          value={value}
          autoComplete="off"
          spellCheck={false}
          onFocus={(event) => event.target.select()}
        />
        {hidden ? (
          <IconButton label={shown ? 'Hide the key' : 'Show the key'} onClick={() => setShown(!shown)}>
            {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </IconButton>
        ) : null}
        <IconButton label={hidden ? 'Copy the key' : 'Copy the server address'} onClick={() => copy(value)}>
          {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
        </IconButton>
      </div>
      <span className="sr-only" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </div>
  );
}
