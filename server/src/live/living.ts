import { oncePer } from '../core/once-per.ts';
import type { House } from '../house.ts';
import { Announcer } from './announce.ts';
import { OrderPace } from './keep-order.ts';
import { Likes } from './likes.ts';
import { Moderation } from './moderation.ts';
import { OtherProcesses } from './other-processes.ts';
import { Progress } from './progress.ts';
import { ChatPress } from './say.ts';
import { SlowMode } from './slow-mode.ts';
import { Speakers } from './speakers.ts';
import { Stages } from './stages.ts';
import { TestBench } from './test-events.ts';

/** What this process keeps in memory of the stages. All of it can be read again from the database. */
export interface Living {
  readonly house: House;
  readonly stages: Stages;
  readonly speakers: Speakers;
  readonly press: ChatPress;
  readonly moderation: Moderation;
  readonly slowMode: SlowMode;
  readonly order: OrderPace;
  readonly likes: Likes;
  readonly progress: Progress;
  readonly others: OtherProcesses;
  readonly announcer: Announcer;
  readonly tests: TestBench;
}

/** The one of this house. */
export const livingOf = oncePer((house: House): Living => {
  const stages = new Stages(house);
  const speakers = new Speakers(house);
  const likes = new Likes(house);
  const press = new ChatPress(house);
  const moderation = new Moderation(house);
  const living: Living = {
    house,
    stages,
    speakers,
    press,
    moderation,
    slowMode: new SlowMode(house),
    order: new OrderPace(),
    likes,
    progress: new Progress(house, stages),
    others: new OtherProcesses(() => living),
    announcer: new Announcer(house),
    tests: new TestBench(),
  };
  return living;
});
