import { useNavigate } from '@tanstack/react-router';
import { useMe } from '../api/session.ts';
import { EarningsPage } from '../earnings/EarningsPage.tsx';
import { Sheet } from '../ui/Sheet.tsx';
import { WithdrawForm } from './WithdrawForm.tsx';
import './withdrawals.css';

/** The sheet over the earnings in which a withdrawal is asked for. */
export function WithdrawPage() {
  const navigate = useNavigate();
  const me = useMe();
  const earns = me?.roles.includes('creator') === true;
  return (
    <>
      <EarningsPage />
      {earns ? (
        <Sheet
          open
          onOpenChange={(open) => {
            if (!open) void navigate({ to: '/studio/earnings' });
          }}
          title="Withdraw"
          side="right"
        >
          <WithdrawForm />
        </Sheet>
      ) : null}
    </>
  );
}
