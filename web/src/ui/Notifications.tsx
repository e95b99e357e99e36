import { Toaster } from 'sonner';

/** The one place where notices appear. */
export function Notifications() {
  return (
    <Toaster
      position="bottom-center"
      visibleToasts={3}
      gap={10}
      offset={24}
      mobileOffset={{ bottom: 84, left: 12, right: 12 }}
      containerAriaLabel="Notices"
      toastOptions={{ unstyled: true, className: 'w-full' }}
    />
  );
}
