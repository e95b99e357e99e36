import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useEffect } from 'react';
import { Toaster, toast } from 'sonner';
import { type Notice, takeNotices } from './notify.ts';

const DONE_MS = 4_000;

/** Shows notices high up, where they cover no button that somebody is pressing. */
export default function Toasts() {
  // The toaster listens by now: what a child does after it is drawn comes first.
  useEffect(() => takeNotices(show), []);
  return (
    <Toaster
      position="top-center"
      visibleToasts={3}
      gap={10}
      offset={{ top: 74 }}
      mobileOffset={{ top: 116, left: 12, right: 12 }}
      containerAriaLabel="Notices"
      toastOptions={{ unstyled: true, className: 'w-full' }}
    />
  );
}

function show(notice: Notice): void {
  toast.custom((id) => <Notification id={id} notice={notice} />, {
    duration: notice.tone === 'done' ? DONE_MS : Number.POSITIVE_INFINITY,
    ...(notice.key === undefined ? {} : { id: notice.key }),
  });
}

function Notification({ id, notice }: { readonly id: string | number; readonly notice: Notice }) {
  const { text, tone, action } = notice;
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
