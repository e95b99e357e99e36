import { Megaphone } from 'lucide-react';
import { memo, type ReactNode, useState } from 'react';
import type { Me } from '../api/session.ts';
import { Questions, QuestionsLabel } from '../questions/QuestionsTab.tsx';
import { LazySupporterPanel } from '../supporters/LazySupporterPanel.tsx';
import { TabPanel, Tabs } from '../ui/Tabs.tsx';
import { Chat, type LineActs } from './ChatList.tsx';
import type { Room } from './room.ts';
import type { Stage } from './stage-api.ts';
import { useRoom } from './useRoom.ts';

interface StageSideProps {
  readonly stage: Stage;
  readonly room: Room;
  readonly me: Me | null;
  readonly acts: LineActs | null;
  readonly composer: ReactNode;
}

/** Beside the picture on a wide screen: what is said, and who gives. */
export const StageSide = memo(function StageSide({ stage, me, room, acts, composer }: StageSideProps) {
  const [side, setSide] = useState<'chat' | 'questions' | 'supporters'>('chat');
  const pinned = useRoom(room, 'pinned');
  const supporters = useRoom(room, 'supporters');
  const sampled = useRoom(room, 'sampled');
  const smallTogether = useRoom(room, 'smallTogether');
  const firstName = stage.displayName.split(' ')[0];
  return (
    <aside className="side" aria-label="Chat, questions and supporters">
      <Tabs
        label="Chat, questions or supporters"
        look="line"
        className="side-tabs"
        items={[
          { value: 'chat', label: 'Chat' },
          { value: 'questions', label: <QuestionsLabel handle={stage.handle} /> },
          { value: 'supporters', label: 'Supporters' },
        ]}
        value={side}
        onChange={setSide}
      >
        <TabPanel value="chat" className="side-panel" tabIndex={-1}>
          {pinned === null ? null : (
            <div className="pinned">
              <Megaphone aria-hidden />
              <p>
                <b>{pinned.author === null ? `Pinned by ${firstName}` : `${pinned.author} said`}</b>
                {pinned.text}
              </p>
            </div>
          )}
          <Chat
            room={room}
            acts={acts}
            quiet={
              <p className="chat-empty">
                <b>It is quiet here</b>
                Say hello: {firstName} reads along.
              </p>
            }
          />
          {sampled === null ? null : (
            <p className="sampled">
              Busy: showing {sampled.shown} of {sampled.of} messages
            </p>
          )}
          {smallTogether ? <p className="sampled">Busy: small gifts are shown together</p> : null}
          {composer}
        </TabPanel>
        <TabPanel value="questions" className="side-panel" tabIndex={-1}>
          <Questions handle={stage.handle} hostName={firstName ?? stage.displayName} me={me} />
        </TabPanel>
        <TabPanel value="supporters" className="side-panel" tabIndex={-1}>
          <LazySupporterPanel handle={stage.handle} me={me} top={supporters} />
        </TabPanel>
      </Tabs>
    </aside>
  );
});
