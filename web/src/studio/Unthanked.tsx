import { useMutation, useQuery } from '@tanstack/react-query';
import { PenLine } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { queryClient } from '../api/query.ts';
import { giftArt } from '../art/gifts.ts';
import { AmountText } from '../ui/Amount.tsx';
import { Avatar } from '../ui/Avatar.tsx';
import { Button, IconButton } from '../ui/Button.tsx';
import { notifyDone } from '../ui/notify.ts';
import { Segment } from '../ui/Segment.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { ErrorCard, Skeleton } from '../ui/States.tsx';
import { ThankButton } from './GiftFeed.tsx';
import { type OwnSupporter, sendNote, type ThanksPeriod, unthankedQuery } from './lives-api.ts';
import type { Thanking } from './useThanks.ts';

const NOTE_MAX = 500;

/** Who has not been thanked yet. Without `thanking` there is no stage to do it on: a note can be sent all the same. */
export function Unthanked({ thanking }: { readonly thanking: Thanking | null }) {
  const [period, setPeriod] = useState<ThanksPeriod>('live');
  const [noting, setNoting] = useState<OwnSupporter | null>(null);
  const query = useQuery(unthankedQuery(period));
  return (
    <section className="card unthanked" aria-labelledby="unthanked">
      <header>
        <h2 id="unthanked">Not thanked yet</h2>
        <Segment<ThanksPeriod>
          label="Who has not been thanked"
          items={[
            { value: 'live', label: thanking === null ? 'Last live' : 'This live' },
            { value: 'all', label: 'Ever' },
          ]}
          value={period}
          onChange={setPeriod}
        />
      </header>
      {query.data === undefined ? (
        query.isError ? (
          <ErrorCard
            title="Your supporters could not be read."
            error={query.error}
            onRetry={() => void query.refetch()}
          />
        ) : (
          <Skeleton height={120} />
        )
      ) : query.data.length === 0 ? (
        <p className="none-yet">Everybody who gave has been thanked.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scrolls" tabIndex={0} aria-label="Not thanked yet, who gave most first">
          <ol>
            {query.data.map((supporter) => (
              <li key={supporter.rank}>
                <Avatar avatar={supporter.avatar} size={36} />
                <p>
                  <b>{supporter.displayName}</b>
                  <small>
                    <AmountText amount={supporter.coins} /> · {supporter.lastGift.name} ×
                    {supporter.lastGift.count}
                  </small>
                </p>
                <IconButton
                  label={`Write a note to ${supporter.displayName}`}
                  onClick={() => setNoting(supporter)}
                >
                  <PenLine aria-hidden />
                </IconButton>
                {thanking === null ? null : (
                  <ThankButton
                    giftId={supporter.lastGift.id}
                    name={supporter.displayName}
                    thanking={thanking}
                  />
                )}
              </li>
            ))}
          </ol>
        </section>
      )}
      <NoteSheet to={noting} onClose={() => setNoting(null)} />
    </section>
  );
}

function NoteSheet({ to, onClose }: { readonly to: OwnSupporter | null; readonly onClose: () => void }) {
  return (
    <Sheet
      open={to !== null}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`A note to ${to?.displayName ?? ''}`}
      description="They alone read it."
    >
      {to === null ? null : <NoteForm to={to} onDone={onClose} />}
    </Sheet>
  );
}

function NoteForm({ to, onDone }: { readonly to: OwnSupporter; readonly onDone: () => void }) {
  const [text, setText] = useState('');
  const field = useId();
  const send = useMutation({
    mutationFn: () => sendNote(to.lastGift.id, text),
    onSuccess: () => {
      notifyDone(`Your note to ${to.displayName} is sent.`);
      void queryClient.invalidateQueries({ queryKey: ['studio', 'unthanked'] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') send.mutate();
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      {send.error === null ? null : <ErrorCard title="Your note was not sent." error={send.error} />}
      <p className="about-gift">
        <img src={giftArt(to.lastGift.art).src} alt="" width={36} height={36} />
        About {to.lastGift.name} ×{to.lastGift.count}
      </p>
      <div className="field">
        <label htmlFor={field}>Your note</label>
        <textarea
          id={field}
          className="input"
          rows={4}
          maxLength={NOTE_MAX}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="hint">{NOTE_MAX - text.length} letters left</span>
      </div>
      <div className="flex justify-end gap-2.5">
        <Button kind="ghost" onClick={onDone}>
          Cancel
        </Button>
        <Button kind="primary" type="submit" busy={send.isPending} disabled={text.trim() === ''}>
          Send the note
        </Button>
      </div>
    </form>
  );
}
