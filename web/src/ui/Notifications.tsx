import { Toaster } from 'sonner';

/** The one place where notices appear: high up, where they cover no button that somebody is pressing. */
export function Notifications() {
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
