import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ServerFrame } from '../realtime/frames.ts';
import { line } from '../realtime/socket.ts';
import { type QueueSort, questionsChanged, queueQuery, walletChanged } from './questions-api.ts';

/** However much happens, the list is asked for again this often. */
const ASK_AGAIN_MS = 250;

/** The questions of a stage, asked for again when the room hears that something about them changed. */
export function useQueue(handle: string, sort: QueueSort, limit?: number) {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = line.listen((frame) => {
      if (!concerns(frame, handle)) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        questionsChanged(handle);
        walletChanged();
      }, ASK_AGAIN_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [handle]);
  return useQuery({ ...queueQuery(handle, sort, limit), placeholderData: (before) => before });
}

/** Whether a frame says that questions changed: an event of theirs, the end of the live, or coming back after a pause. */
function concerns(frame: ServerFrame, handle: string): boolean {
  if (!('stage' in frame) || frame.stage.toLowerCase() !== handle.toLowerCase()) return false;
  if (frame.t === 'joined' || frame.t === 'stage') return true;
  return (
    frame.t === 'frame' && frame.events.some(({ type }) => type.startsWith('question') || type === 'stage')
  );
}
