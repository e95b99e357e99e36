import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import { thank } from './lives-api.ts';

export interface Thanking {
  /** Gifts that were thanked for while this page is open. */
  readonly thanked: ReadonlySet<string>;
  /** The gift whose thanks are on their way. */
  readonly busy: string | null;
  readonly thank: (giftId: string, name: string) => void;
}

/** Thanks people on the stage. */
export function useThanks(): Thanking {
  const [thanked, setThanked] = useState<ReadonlySet<string>>(new Set());
  const say = useMutation({
    mutationFn: ({ giftId }: { readonly giftId: string; readonly name: string }) => thank(giftId),
    onSuccess: (_answer, { giftId, name }) => {
      setThanked((before) => new Set([...before, giftId]));
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
