import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import type { Room } from '../live/room.ts';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { givenThanksQuery, thank } from './lives-api.ts';

export interface Thanking {
  /** Gifts of this live that were thanked for, here or on another device. */
  readonly thanked: ReadonlySet<string>;
  /** The gift whose thanks are on their way. */
  readonly busy: string | null;
  readonly thank: (giftId: string, name: string) => void;
}

/** Thanks people on the stage. The marks are the server's; one's own show at once. */
export function useThanks(room: Room): Thanking {
  const [own, setOwn] = useState<ReadonlySet<string>>(new Set());
  const { data: given } = useQuery(givenThanksQuery);
  useEffect(() => {
    let seen = room.view().shoutOut?.seq;
    return room.subscribe(() => {
      const seq = room.view().shoutOut?.seq;
      if (seq === seen) return;
      seen = seq;
      void queryClient.invalidateQueries({ queryKey: givenThanksQuery.queryKey });
    });
  }, [room]);
  const thanked = useMemo(() => new Set([...(given ?? []), ...own]), [given, own]);
  const say = useMutation({
    mutationFn: ({ giftId }: { readonly giftId: string; readonly name: string }) => thank(giftId),
    onSuccess: (_answer, { giftId, name }) => {
      setOwn((before) => new Set([...before, giftId]));
      notifyDone(`Everybody sees that you thank ${name}.`);
      void queryClient.invalidateQueries({ queryKey: ['studio', 'unthanked'] });
    },
    onError: (error, { giftId, name }) => {
      const problem = ApiProblem.of(error);
      notifyFailure(
        `${name} was not thanked. ${problem.detail} ${problem.remedy}`,
        undefined,
        `thank-${giftId}`,
      );
    },
  });
  return {
    thanked,
    busy: say.isPending ? say.variables.giftId : null,
    thank: (giftId, name) => say.mutate({ giftId, name }),
  };
}
