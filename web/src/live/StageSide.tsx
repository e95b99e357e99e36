import { Megaphone } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Me } from '../api/session.ts';
import { Questions, QuestionsLabel } from '../questions/QuestionsTab.tsx';
import { LazySupporterPanel } from '../supporters/LazySupporterPanel.tsx';
import { TabPanel, Tabs } from '../ui/Tabs.tsx';
import { ChatList, type LineActs } from './ChatList.tsx';
import type { RoomView } from './room.ts';
import type { Stage } from './stage-api.ts';

interface StageSideProps {
  readonly stage: Stage;
  readonly view: RoomView;
  readonly me: Me | null;
  readonly acts: LineActs | null;
  readonly composer: ReactNode;
  readonly onSayAgain: (id: string) => void;
}

/** Beside the picture on a wide screen: what is said, and who gives. */
export function StageSide({ stage, me, view, acts, composer, onSayAgain }: StageSideProps) {
  const [side, setSide] = useState<'chat' | 'questions' | 'supporters'>('chat');
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
          {view.pinned === null ? null : (
            <div className="pinned">
              <Megaphone aria-hidden />
              <p>
                <b>{view.pinned.author === null ? `Pinned by ${firstName}` : `${view.pinned.author} said`}</b>
                {view.pinned.text}
              </p>
            </div>
          )}
          {view.rows.length === 0 ? (
            <p className="chat-empty">
              <b>It is quiet here</b>
              Say hello: {firstName} reads along.
            </p>
          ) : (
            <ChatList rows={view.rows} acts={acts} onSayAgain={onSayAgain} />
          )}
          {view.sampled === null ? null : (
            <p className="sampled">
              Busy: showing {view.sampled.shown} of {view.sampled.of} messages
            </p>
          )}
          {view.smallTogether ? <p className="sampled">Busy: small gifts are shown together</p> : null}
          {composer}
        </TabPanel>
        <TabPanel value="questions" className="side-panel" tabIndex={-1}>
          <Questions handle={stage.handle} hostName={firstName ?? stage.displayName} me={me} />
        </TabPanel>
        <TabPanel value="supporters" className="side-panel" tabIndex={-1}>
          <LazySupporterPanel handle={stage.handle} me={me} top={view.supporters} />
        </TabPanel>
      </Tabs>
    </aside>
  );
}
