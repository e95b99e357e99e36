export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

/** Something to tell whoever looks at the page, wherever they are in it. */
export interface Notice {
  readonly text: string;
  readonly tone: 'done' | 'failure';
  readonly action: NoticeAction | undefined;
  /** One notice per key at a time. */
  readonly key: string | undefined;
}

/** Says that something worked, politely, for four seconds. */
export function notifyDone(text: string, action?: NoticeAction): void {
  tell({ text, tone: 'done', action, key: undefined });
}

/**
 * Says that something did not work and what can be done. It interrupts screen readers and stays
 * until it is dismissed: nothing about money disappears by itself. One notice per `key` at a time.
 */
export function notifyFailure(text: string, action?: NoticeAction, key?: string): void {
  tell({ text, tone: 'failure', action, key });
}

let show: ((notice: Notice) => void) | undefined;
/** Told before what shows them was there. */
const waiting: Notice[] = [];
const watchers = new Set<() => void>();

function tell(notice: Notice): void {
  if (show !== undefined) {
    show(notice);
    return;
  }
  waiting.push(notice);
  for (const watcher of watchers) watcher();
}

/** Whether a notice waits for what shows them. */
export function isNoticeWaiting(): boolean {
  return waiting.length > 0;
}

/** Hears when a notice waits. */
export function watchNotices(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Takes every notice from now on, those that wait first. */
export function takeNotices(take: (notice: Notice) => void): void {
  show = take;
  for (const notice of waiting.splice(0)) take(notice);
}
