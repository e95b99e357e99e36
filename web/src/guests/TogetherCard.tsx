import { useMutation, useQuery } from '@tanstack/react-query';
import { DoorOpen, Swords, UserMinus, UserPlus } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import type { StageCard } from '../live/stage-api.ts';
import {
  answerMatch,
  askMatch,
  leadText,
  type Match,
  ownMatchQuery,
  resultText,
} from '../matches/match-api.ts';
import { line } from '../realtime/socket.ts';
import { Coins } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import {
  answerInvitation,
  type Guest,
  type Invitation,
  invite,
  leaveGuests,
  ownGuestsQuery,
  sendAway,
} from './guests-api.ts';
import './guests.css';

/** Who is live together with a creator, their match, and the invitations that wait: on the page of their own live. */
export default function TogetherCard({ handle }: { readonly handle: string }) {
  useNews(handle);
  const guests = useQuery(ownGuestsQuery);
  const match = useQuery(ownMatchQuery);
  const act = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: again,
  });
  if (guests.data === undefined || match.data === undefined) {
    const failed = [guests, match].find(({ isError }) => isError);
    return failed === undefined ? (
      <Skeleton height={160} />
    ) : (
      <ErrorCard
        title="We could not see who is live with you."
        error={failed.error}
        onRetry={() => void failed.refetch()}
      />
    );
  }
  const { guests: together, received, sent } = guests.data;
  const shown = match.data.match;
  const isHost = together.length === 0 || together[0]?.handle === handle;
  const props = { handle, act: act.mutate, busy: act.isPending };
  return (
    <section className="card together-card" aria-labelledby="together">
      <header>
        <h2 id="together">Live together</h2>
        {together.length === 0 ? null : (
          <Button
            kind="ghost"
            size="sm"
            icon={<DoorOpen aria-hidden />}
            disabled={act.isPending}
            onClick={() => act.mutate(leaveGuests)}
          >
            Leave
          </Button>
        )}
      </header>
      {received.map((one) => (
        <Received key={one.id} invitation={one} {...props} />
      ))}
      {shown === null ? null : <MatchPart match={shown} {...props} />}
      {together.length === 0 ? (
        <p className="none-yet">
          Invite a creator who is live. Every stage shows both of you, and each gets their own gifts.
        </p>
      ) : (
        <ul className="together-list">
          {together.map((guest) => (
            <Row key={guest.handle} avatar={guest.avatar} name={guest.displayName}>
              {guest.handle === handle ? (
                <small>You</small>
              ) : (
                <GuestActs guest={guest} isHost={isHost} canPlay={shown?.state !== 'running'} {...props} />
              )}
            </Row>
          ))}
        </ul>
      )}
      {sent.map((one) => (
        <ul className="together-list" key={one.id}>
          <Row avatar={one.guest.avatar} name={one.guest.displayName}>
            <small>Asked</small>
            <Button
              size="sm"
              kind="bare"
              onClick={() => act.mutate(() => answerInvitation(one.id, 'withdrawn'))}
            >
              Take back
            </Button>
          </Row>
        </ul>
      ))}
      {isHost && together.length < 5 ? (
        <InviteForm {...props} here={together} canPlay={shown === null || shown.state === 'ended'} />
      ) : null}
      {act.error === null ? null : (
        <p className="together-wrong" role="alert">
          {ApiProblem.of(act.error).message} {ApiProblem.of(act.error).remedy}
        </p>
      )}
    </section>
  );
}

interface Acts {
  readonly handle: string;
  readonly act: (work: () => Promise<unknown>) => void;
  readonly busy: boolean;
}

function Received({ invitation, act, busy }: Acts & { readonly invitation: Invitation }) {
  const { host, id } = invitation;
  return (
    <div className="together-ask">
      <p>
        <Avatar avatar={host.avatar} size={36} />
        <span>
          <b>{host.displayName}</b> invites you to be live together
        </span>
      </p>
      <YesNo
        busy={busy}
        onYes={() => act(() => answerInvitation(id, 'accepted'))}
        onNo={() => act(() => answerInvitation(id, 'declined'))}
      />
    </div>
  );
}

function MatchPart({ match, handle, act, busy }: Acts & { readonly match: Match }) {
  const [asker] = match.sides;
  const own = match.sides.find((side) => side.handle === handle);
  if (match.state === 'invited' && asker !== undefined && own !== undefined) {
    const others = match.sides.filter((side) => !side.accepted).map((side) => side.displayName);
    return (
      <div className="together-ask">
        <p>
          <Swords aria-hidden />
          <span>
            {own.accepted ? (
              <>Waiting for {others.join(', ')} to say yes to a match</>
            ) : (
              <>
                <b>{asker.displayName}</b> asks you for a match of {Math.round(match.seconds / 60)} minutes
              </>
            )}
          </span>
        </p>
        {own.accepted ? (
          asker.handle === handle ? (
            <Button
              size="sm"
              kind="ghost"
              disabled={busy}
              onClick={() => act(() => answerMatch(match.id, 'withdrawn'))}
            >
              Take back
            </Button>
          ) : null
        ) : (
          <YesNo
            busy={busy}
            onYes={() => act(() => answerMatch(match.id, 'accepted'))}
            onNo={() => act(() => answerMatch(match.id, 'declined'))}
          />
        )}
      </div>
    );
  }
  if (match.state !== 'running' && match.state !== 'ended') return null;
  const running = match.state === 'running';
  return (
    <div className="together-ask">
      <p>
        <Swords aria-hidden />
        <b>{running ? leadText(match.sides) : resultText(match).title}</b>
      </p>
      <ul className="together-list">
        {match.sides.map((side) => (
          <Row key={side.handle} avatar={side.avatar} name={side.displayName}>
            <Coins units={BigInt(side.coins.units)} />
          </Row>
        ))}
      </ul>
      {running && own !== undefined ? (
        <Button
          size="sm"
          kind="ghost"
          disabled={busy}
          onClick={() => act(() => answerMatch(match.id, 'stopped'))}
        >
          Stop the match
        </Button>
      ) : null}
    </div>
  );
}

function GuestActs({
  guest,
  isHost,
  canPlay,
  act,
  busy,
}: Acts & { readonly guest: Guest; readonly isHost: boolean; readonly canPlay: boolean }) {
  return (
    <>
      {canPlay ? (
        <Button
          size="sm"
          kind="soft"
          icon={<Swords aria-hidden />}
          disabled={busy}
          aria-label={`Start a match with ${guest.displayName}`}
          onClick={() => act(() => askMatch([guest.handle]))}
        >
          Match
        </Button>
      ) : null}
      {isHost ? (
        <IconButton
          label={`Send ${guest.displayName} away`}
          disabled={busy}
          onClick={() => act(() => sendAway(guest.handle))}
        >
          <UserMinus aria-hidden />
        </IconButton>
      ) : null}
    </>
  );
}

/** By name, or one of those who are live now. */
function InviteForm({
  handle,
  here,
  canPlay,
  act,
  busy,
}: Acts & { readonly here: readonly Guest[]; readonly canPlay: boolean }) {
  const [name, setName] = useState('');
  const live = useQuery({
    queryKey: ['live-others', handle],
    queryFn: ({ signal }) => api.get<{ items: readonly StageCard[] }>('/stages?limit=12', { signal }),
  });
  const away = new Set([handle, ...here.map((guest) => guest.handle)]);
  const others = (live.data?.items ?? [])
    .filter((stage) => stage.live && !away.has(stage.handle))
    .slice(0, 5);
  const asked = name.trim().replace(/^@/, '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (asked !== '') act(() => invite(asked));
  };
  return (
    <form className="together-invite" onSubmit={submit}>
      <Field
        label="Invite somebody who is live"
        value={name}
        maxLength={60}
        autoComplete="off"
        placeholder="Their handle"
        onChange={(event) => setName(event.target.value)}
      />
      {others.length === 0 ? null : (
        <fieldset>
          <legend className="sr-only">Live now</legend>
          {others.map((stage) => (
            <button
              type="button"
              key={stage.handle}
              className="together-pick"
              aria-pressed={asked === stage.handle}
              onClick={() => setName(stage.handle)}
            >
              <Avatar avatar={stage.avatar} size={24} />
              {stage.displayName}
            </button>
          ))}
        </fieldset>
      )}
      <div className="together-buttons">
        <Button kind="soft" type="submit" icon={<UserPlus aria-hidden />} disabled={busy || asked === ''}>
          Invite
        </Button>
        <Button
          kind="primary"
          icon={<Swords aria-hidden />}
          disabled={busy || asked === '' || !canPlay}
          onClick={() => act(() => askMatch([asked]))}
        >
          Start a match
        </Button>
      </div>
    </form>
  );
}

function YesNo(props: { readonly busy: boolean; readonly onYes: () => void; readonly onNo: () => void }) {
  return (
    <div className="together-buttons">
      <Button size="sm" kind="ghost" disabled={props.busy} onClick={props.onNo}>
        Decline
      </Button>
      <Button size="sm" kind="primary" disabled={props.busy} onClick={props.onYes}>
        Accept
      </Button>
    </div>
  );
}

function Row(props: { readonly avatar: string; readonly name: string; readonly children: ReactNode }) {
  return (
    <li>
      <Avatar avatar={props.avatar} size={32} />
      <b>{props.name}</b>
      {props.children}
    </li>
  );
}

function again(): void {
  void queryClient.invalidateQueries({ queryKey: ownGuestsQuery.queryKey });
  void queryClient.invalidateQueries({ queryKey: ownMatchQuery.queryKey });
}

/** Invitations run out by themselves; this often it is looked again. */
const LOOK_AGAIN_MS = 15_000;

/** Reads again what the room or a notice says has changed. */
function useNews(handle: string): void {
  useEffect(() => {
    const stop = line.listen((frame) => {
      if (frame.t === 'notice') again();
      if (!('stage' in frame) || frame.stage.toLowerCase() !== handle.toLowerCase()) return;
      if (frame.t === 'joined') again();
      if (frame.t !== 'frame') return;
      if (frame.events.some(({ type }) => type === 'guests' || type === 'match' || type === 'matchScore'))
        again();
    });
    const timer = setInterval(again, LOOK_AGAIN_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [handle]);
}
