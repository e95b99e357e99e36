import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { useMe } from '../api/session.ts';
import { Avatar } from '../ui/Avatar.tsx';
import { Button } from '../ui/Button.tsx';
import { Field } from '../ui/Field.tsx';
import { notifyDone } from '../ui/notify.ts';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { type Named, type RoomSettings, roomQuery } from './go-live-api.ts';

/** How a creator wants their room: slow mode, words kept out, who helps, who may not write or come. */
export function RoomSettingsCard() {
  const room = useQuery(roomQuery);
  if (room.isError && room.data === undefined) {
    return (
      <ErrorCard
        title="Your room could not be read."
        error={room.error}
        onRetry={() => void room.refetch()}
      />
    );
  }
  return (
    <section className="card grid gap-4" aria-labelledby="room">
      <h2 id="room" className="text-lg font-bold">
        Your room
      </h2>
      {room.data === undefined ? <Skeleton height={160} /> : <Settings room={room.data} />}
    </section>
  );
}

const SLOW_CHOICES = [0, 3, 5, 10, 30, 60, 300] as const;

function Settings({ room }: { readonly room: RoomSettings }) {
  const [slowSeconds, setSlowSeconds] = useState(room.slowSeconds);
  const [words, setWords] = useState(room.filterWords.join('\n'));
  const [handle, setHandle] = useState('');
  const keep = (answer: { room: RoomSettings }) => queryClient.setQueryData(roomQuery.queryKey, answer.room);
  const save = useMutation({
    mutationFn: () =>
      api.patch<{ room: RoomSettings }>('/me/stage/room', {
        slowSeconds,
        filterWords: words.split('\n').filter((word) => word.trim() !== ''),
      }),
    onSuccess: (answer) => {
      keep(answer);
      notifyDone('Your room is as you set it.');
    },
  });
  const name = useMutation({
    mutationFn: ({ who, named }: { who: string; named: boolean }) => {
      const path = `/me/stage/moderators/${encodeURIComponent(who.replace(/^@/, ''))}`;
      return named ? api.put<{ room: RoomSettings }>(path) : api.delete<{ room: RoomSettings }>(path);
    },
    onSuccess: (answer) => {
      keep(answer);
      setHandle('');
    },
  });
  const choices = SLOW_CHOICES.some((choice) => choice === slowSeconds)
    ? SLOW_CHOICES
    : [...SLOW_CHOICES, slowSeconds];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <>
      <form className="go-live-form" onSubmit={submit}>
        <div className="field">
          <label htmlFor="slow">Slow mode</label>
          <select
            id="slow"
            className="input"
            value={slowSeconds}
            onChange={(event) => setSlowSeconds(Number(event.target.value))}
          >
            {choices.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? 'Off' : `One message every ${seconds} seconds`}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="words">Words to keep out, one on each line</label>
          <textarea
            id="words"
            className="input"
            rows={4}
            value={words}
            aria-describedby="words-hint"
            onChange={(event) => setWords(event.target.value)}
          />
          <span className="hint" id="words-hint">
            However they are spelled. Nobody sees such a message, and its writer is told.
          </span>
        </div>
        {save.isError ? (
          <p role="alert" className="text-bad">
            {ApiProblem.of(save.error).detail}
          </p>
        ) : null}
        <div>
          <Button kind="soft" type="submit" busy={save.isPending}>
            Save the room
          </Button>
        </div>
      </form>
      <form
        className="go-live-form"
        onSubmit={(event) => {
          event.preventDefault();
          name.mutate({ who: handle, named: true });
        }}
      >
        <Field
          label="Name a moderator"
          placeholder="handle"
          value={handle}
          required
          hint="Moderators pin and remove lines, mute and ban."
          wrong={name.isError ? ApiProblem.of(name.error).detail : undefined}
          onChange={(event) => setHandle(event.target.value)}
        />
        <div>
          <Button kind="soft" type="submit" busy={name.isPending}>
            Name
          </Button>
        </div>
      </form>
      <People
        title="Moderators"
        people={room.moderators}
        verb="Dismiss"
        onUndo={({ handle: who }) => name.mutate({ who, named: false })}
      />
      <Excluded title="Muted" kind="mutes" people={room.muted} verb="Let write" />
      <Excluded title="Banned" kind="bans" people={room.banned} verb="Let back" />
    </>
  );
}

function Excluded({
  title,
  kind,
  people,
  verb,
}: {
  readonly title: string;
  readonly kind: 'mutes' | 'bans';
  readonly people: readonly Named[];
  readonly verb: string;
}) {
  const me = useMe();
  const letBack = useMutation({
    mutationFn: (who: string) =>
      api.delete(`/stages/${encodeURIComponent(me?.handle ?? '')}/${kind}/${encodeURIComponent(who)}`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: roomQuery.queryKey }),
  });
  return <People title={title} people={people} verb={verb} onUndo={({ handle }) => letBack.mutate(handle)} />;
}

function People({
  title,
  people,
  verb,
  onUndo,
}: {
  readonly title: string;
  readonly people: readonly Named[];
  readonly verb: string;
  readonly onUndo: (person: Named) => void;
}) {
  if (people.length === 0) return null;
  return (
    <div>
      <h3 className="font-bold">{title}</h3>
      <ul className="schedule-list">
        {people.map((person) => (
          <li key={person.handle}>
            <Avatar avatar={person.avatar} size={32} />
            <div>
              <b>{person.displayName}</b>
              <small>@{person.handle}</small>
            </div>
            <Button
              kind="ghost"
              size="sm"
              aria-label={`${verb}: ${person.displayName}`}
              onClick={() => onUndo(person)}
            >
              {verb}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
