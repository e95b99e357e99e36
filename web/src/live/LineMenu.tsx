import { Ban, CornerUpLeft, Ellipsis, NotebookPen, Pin, Trash2, VolumeX } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { api } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import { notifyDone, notifyFailure } from '../ui/notify.ts';
import type { ChatRowData, LineActs } from './ChatList.tsx';

interface LineMenuProps {
  readonly row: ChatRowData;
  readonly acts: LineActs;
  readonly label: string;
  readonly onClose: () => void;
}

/** What one may do with a line: answer it; the creator and moderators pin it, take it down, mute or ban its writer. */
export default function LineMenu({ row, acts, label, onClose }: LineMenuProps) {
  const { user } = row;
  const stage = `/stages/${encodeURIComponent(acts.stage)}`;
  const person = encodeURIComponent(user.handle);
  const keepsOrder = acts.role !== null;
  // Nobody acts on the creator, nor moderators on each other.
  const below = !user.host && (acts.role === 'host' || !user.badges.includes('mod'));
  const done = async (work: Promise<unknown>, text: string) => {
    try {
      await work;
      notifyDone(text);
    } catch (error) {
      const problem = ApiProblem.of(error);
      notifyFailure(`${problem.detail} ${problem.remedy}`, undefined, 'moderation');
    }
  };
  return (
    <DropdownMenu.Root defaultOpen onOpenChange={(open) => (open ? undefined : onClose())}>
      <DropdownMenu.Trigger className="line-btn" aria-label={label}>
        <Ellipsis aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item
            onSelect={() =>
              acts.onReply({ id: row.id, handle: user.handle, displayName: user.displayName, text: row.text })
            }
          >
            <CornerUpLeft aria-hidden />
            Reply
          </DropdownMenu.Item>
          {keepsOrder ? (
            <DropdownMenu.Item
              onSelect={() => void done(api.put(`${stage}/lines/${row.id}/pin`), 'Pinned above the chat.')}
            >
              <Pin aria-hidden />
              Pin
            </DropdownMenu.Item>
          ) : null}
          {keepsOrder && (below || user.handle === acts.me) ? (
            <DropdownMenu.Item
              onSelect={() =>
                void done(api.post(`${stage}/lines/${row.id}/removal`, {}), 'Removed for everybody.')
              }
            >
              <Trash2 aria-hidden />
              Remove
            </DropdownMenu.Item>
          ) : null}
          {keepsOrder && below && user.handle !== acts.me ? (
            <>
              <hr />
              <DropdownMenu.Item
                onSelect={() =>
                  void done(
                    api.put(`${stage}/mutes/${person}`, { minutes: 10 }),
                    `${user.displayName} cannot write for 10 minutes.`,
                  )
                }
              >
                <VolumeX aria-hidden />
                Mute for 10 minutes
              </DropdownMenu.Item>
              <DropdownMenu.Item
                onSelect={() =>
                  void done(
                    api.put(`${stage}/bans/${person}`, {}),
                    `${user.displayName} is banned from this stage.`,
                  )
                }
              >
                <Ban aria-hidden />
                Ban from this stage
              </DropdownMenu.Item>
              <DropdownMenu.Item
                onSelect={() =>
                  void import('./ActSheet.tsx').then(({ openActSheet }) => openActSheet(acts.stage, row))
                }
              >
                <NotebookPen aria-hidden />
                With a reason…
              </DropdownMenu.Item>
            </>
          ) : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
