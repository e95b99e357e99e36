import { QueryClientProvider, useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { api } from '../api/client.ts';
import { queryClient } from '../api/query.ts';
import { Button } from '../ui/Button.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Segment } from '../ui/Segment.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard } from '../ui/States.tsx';
import type { ChatRowData } from './ChatList.tsx';

type Kind = 'remove' | 'mute' | 'ban';

const REASON_MAX = 200;
const MINUTES: readonly (readonly [minutes: number, words: string])[] = [
  [10, '10 minutes'],
  [60, 'An hour'],
  [1_440, 'A day'],
  [10_080, 'A week'],
];

interface ActSheetProps {
  readonly stage: string;
  readonly row: ChatRowData;
  readonly onClose: () => void;
}

/**
 * Opens it for a line. It stands apart from the list, which keeps only the lines in view: a chat that goes on must not
 * take it away.
 */
export function openActSheet(stage: string, row: ChatRowData): void {
  const place = document.createElement('div');
  document.body.append(place);
  const root = createRoot(place);
  const close = () => {
    root.unmount();
    place.remove();
  };
  root.render(
    <QueryClientProvider client={queryClient}>
      <ActSheet stage={stage} row={row} onClose={close} />
    </QueryClientProvider>,
  );
}

/** Removes, mutes or bans, with a reason for the record. */
function ActSheet({ stage, row, onClose }: ActSheetProps) {
  const { user } = row;
  const [kind, setKind] = useState<Kind>('mute');
  const [minutes, setMinutes] = useState(10);
  const [reason, setReason] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const [reasonId, minutesId] = [useId(), useId()];
  const act = useMutation({
    mutationFn: () => {
      const base = `/stages/${encodeURIComponent(stage)}`;
      const person = encodeURIComponent(user.handle);
      const why = reason.trim() === '' ? {} : { reason };
      if (kind === 'remove') return api.post(`${base}/lines/${row.id}/removal`, why);
      return kind === 'mute'
        ? api.put(`${base}/mutes/${person}`, { minutes, ...why })
        : api.put(`${base}/bans/${person}`, why);
    },
    onSuccess: () => {
      notifyDone(DONE[kind](user.displayName));
      void queryClient.invalidateQueries({ queryKey: ['studio', 'acts'] });
      void queryClient.invalidateQueries({ queryKey: ['room-settings'] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <Sheet
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Keep order: ${user.displayName}`}
      description={<>“{row.text}”</>}
      first={field}
    >
      <form className="grid gap-4" onSubmit={submit}>
        {act.error === null ? null : <ErrorCard title="Nothing was done." error={act.error} />}
        <Segment<Kind>
          label="What to do"
          items={[
            { value: 'remove', label: 'Remove' },
            { value: 'mute', label: 'Mute' },
            { value: 'ban', label: 'Ban' },
          ]}
          value={kind}
          onChange={setKind}
        />
        {kind === 'mute' ? (
          <div className="field">
            <label htmlFor={minutesId}>For how long</label>
            <select
              id={minutesId}
              className="input"
              value={minutes}
              onChange={(event) => setMinutes(Number(event.target.value))}
            >
              {MINUTES.map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </div>
        ) : null}
        <div className="field">
          <label htmlFor={reasonId}>Why, for the record</label>
          <textarea
            ref={field}
            id={reasonId}
            className="input"
            rows={2}
            maxLength={REASON_MAX}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <span className="hint">{CONSEQUENCE[kind]} The creator reads the reason; they do not.</span>
        </div>
        <div className="flex flex-wrap justify-end gap-2.5">
          <Button kind="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button kind={kind === 'ban' ? 'danger' : 'primary'} type="submit" busy={act.isPending}>
            {VERB[kind]}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

const VERB: Readonly<Record<Kind, string>> = {
  remove: 'Remove the message',
  mute: 'Mute them',
  ban: 'Ban them',
};
const CONSEQUENCE: Readonly<Record<Kind, string>> = {
  remove: 'The message is gone for everybody.',
  mute: 'They watch and give, and cannot write.',
  ban: 'They cannot come, write or give until you let them back; what they said in this live is gone.',
};
const DONE: Readonly<Record<Kind, (name: string) => string>> = {
  remove: () => 'Removed for everybody.',
  mute: (name) => `${name} cannot write for now.`,
  ban: (name) => `${name} is banned from this stage.`,
};
