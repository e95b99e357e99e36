import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { toast } from 'sonner';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

/** Says that something worked, politely, for four seconds. */
export function notifyDone(text: string, action?: NoticeAction): void {
  toast.custom((id) => <Notification id={id} text={text} tone="done" action={action} />, { duration: 4000 });
}

/**
 * Says that something did not work and what can be done. It interrupts screen readers and stays
 * until it is dismissed: nothing about money disappears by itself. One notice per `key` at a time.
 */
export function notifyFailure(text: string, action?: NoticeAction, key?: string): void {
  toast.custom((id) => <Notification id={id} text={text} tone="failure" action={action} />, {
    duration: Number.POSITIVE_INFINITY,
    ...(key === undefined ? {} : { id: key }),
  });
}

interface NotificationProps {
  readonly id: string | number;
  readonly text: string;
  readonly tone: 'done' | 'failure';
  readonly action: NoticeAction | undefined;
}

function Notification({ id, text, tone, action }: NotificationProps) {
  return (
    <div className="notification" role={tone === 'failure' ? 'alert' : 'status'}>
      {tone === 'failure' ? <CircleAlert aria-hidden /> : <CircleCheck aria-hidden />}
      <p>{text}</p>
      {action === undefined ? null : (
        <button
          type="button"
          onClick={() => {
            toast.dismiss(id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      {tone === 'failure' ? (
        <button type="button" className="close" aria-label="Dismiss" onClick={() => toast.dismiss(id)}>
          <X aria-hidden />
        </button>
      ) : null}
    </div>
  );
}
