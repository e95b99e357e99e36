import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { giftArt } from '../art/gifts.ts';
import { Signed } from '../identity/Signed.tsx';
import { buttonLook } from '../ui/Button.tsx';
import { Choices } from '../ui/Choices.tsx';
import { PageHead } from '../ui/PageHead.tsx';
import { EmptyState, ErrorCard, Skeleton } from '../ui/States.tsx';
import { KeysCard } from './KeysCard.tsx';
import { type OverlaySettings, overlaysQuery, SOURCES, type Source } from './overlays-api.ts';
import { Preview } from './Preview.tsx';
import { SettingsForm } from './SettingsForm.tsx';
import { ABOUT } from './sources.ts';
import '../ui/paper.css';
import './overlays.css';

/** `/studio/overlays`: the browser sources of one's streaming program. */
export function OverlaysPage() {
  return (
    <Signed title="Overlays" why="Sign in to see your overlays.">
      {(me) => (
        <div className="page-body">
          <PageHead
            title="Overlays"
            sub="Browser sources for OBS and other streaming programs. They follow your stage and need no sign-in."
          />
          {me.roles.includes('creator') ? <Studio /> : <NotACreator />}
        </div>
      )}
    </Signed>
  );
}

function Studio() {
  const overlays = useQuery({ ...overlaysQuery, refetchInterval: 10_000 });
  if (overlays.data === undefined) {
    return overlays.isError ? (
      <ErrorCard
        title="Your overlays could not be read."
        error={overlays.error}
        onRetry={() => void overlays.refetch()}
      />
    ) : (
      <div className="grid gap-4" aria-busy="true">
        <Skeleton height={170} className="rounded-[22px]!" />
        <Skeleton height={420} className="rounded-[22px]!" />
      </div>
    );
  }
  return (
    <>
      <KeysCard keys={overlays.data.keys} />
      <Looks settings={overlays.data.settings} />
    </>
  );
}

const ITEMS = SOURCES.map((value) => ({ value, label: ABOUT[value].name }));

function Looks({ settings }: { readonly settings: Readonly<Record<Source, OverlaySettings>> }) {
  const [source, setSource] = useState<Source>('alerts');
  return (
    <section className="card grid grid-cols-[minmax(0,1fr)] gap-4" aria-labelledby="looks">
      <header>
        <h2 id="looks">How they look</h2>
      </header>
      <div className="overlay-choice">
        <Choices label="Overlay" items={ITEMS} value={source} onChange={setSource} />
      </div>
      <p className="text-md text-fg-2">{ABOUT[source].what}</p>
      <div className="overlay-studio">
        <Preview key={`preview ${source}`} source={source} />
        <SettingsForm key={`settings ${source}`} source={source} kept={settings[source]} />
      </div>
    </section>
  );
}

function NotACreator() {
  return (
    <section className="card">
      <EmptyState
        art={giftArt('1f3ac').src}
        title="Overlays show what happens on your stage"
        action={
          <Link to="/studio/go-live" {...buttonLook({ kind: 'primary' })}>
            Get a stage
          </Link>
        }
      >
        Become a creator first. It costs nothing.
      </EmptyState>
    </section>
  );
}
