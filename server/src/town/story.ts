import { DAY_MS, HOUR_MS, MINUTE_MS, type TestClock } from '../core/clock.ts';
import { CrowdMember } from './crowd-member.ts';
import { TOWN_CREATORS, TOWN_FANS, type TownCreator } from './people.ts';

/** How long before today the story begins: long enough for the first gifts to have matured. */
export const STORY_DAYS = 10;

/** Gifts a fan of that stage may have given in the story, by price. */
const STORY_GIFTS: readonly { readonly id: string; readonly coins: number; readonly streak: number }[] = [
  { id: 'clap', coins: 1, streak: 24 },
  { id: 'sunflower', coins: 20, streak: 3 },
  { id: 'rose', coins: 1, streak: 12 },
  { id: 'disco', coins: 199, streak: 0 },
  { id: 'coffee', coins: 5, streak: 4 },
  { id: 'teddy', coins: 99, streak: 1 },
  { id: 'crown', coins: 499, streak: 0 },
  { id: 'heart', coins: 10, streak: 6 },
];
const DEAR_GIFTS: readonly { readonly id: string; readonly coins: number }[] = [
  { id: 'comet', coins: 9_999 },
  { id: 'unicorn', coins: 2_999 },
  { id: 'saturn', coins: 4_999 },
];

/**
 * Lives the town's last ten days through the public API, turning the clock as it goes: fans buy their first Coins,
 * creators go live each evening, gifts are sent, the oldest of them mature. It ends with every stage live.
 * The same each time: nothing in it is left to chance.
 */
export async function liveTheStory(origin: string, clock: TestClock, nowMs: number): Promise<void> {
  const creators = TOWN_CREATORS.map((creator) => ({
    creator,
    member: new CrowdMember(origin, creator.handle),
  }));
  const fans = TOWN_FANS.map((fan, index) => ({
    fan,
    stage: stageOf(index),
    member: new CrowdMember(origin, fan.handle),
  }));

  clock.set(nowMs - STORY_DAYS * DAY_MS);
  for (const { fan, member } of fans) {
    if (fan.coins === 0) continue;
    await member.signIn();
    await member.topUp(fan.coins);
  }

  for (let day = 0; day < STORY_DAYS; day++) {
    clock.set(nowMs - (STORY_DAYS - day) * DAY_MS + HOUR_MS);
    for (const { creator, member } of creators) await goLive(member, creator);
    for (const [index, { fan, stage, member }] of fans.entries()) {
      if (fan.handle === 'ana' || fan.handle === 'ben' || (index + day) % 3 !== 0) continue;
      clock.advance(7 * MINUTE_MS);
      await member.enter(stage.handle);
      const gift = STORY_GIFTS[(index * 5 + day * 3) % STORY_GIFTS.length];
      if (gift === undefined || !member.canPay(gift.coins * Math.max(1, gift.streak))) continue;
      if (gift.streak > 0) await member.giveStreakAtOnce(gift.id, gift.streak);
      else await member.give(gift.id);
      const dear = DEAR_GIFTS[(index + day) % DEAR_GIFTS.length];
      if (dear !== undefined && fan.generosity >= 0.6 && member.canPay(dear.coins * 2))
        await member.give(dear.id);
      member.leave();
    }
    clock.advance(HOUR_MS);
    if (day < STORY_DAYS - 1) for (const { member } of creators) await endLive(member);
  }

  clock.set(nowMs - 72 * MINUTE_MS);
  for (const { creator, member } of creators) {
    await endLive(member);
    await goLive(member, creator);
  }
}

async function goLive(member: CrowdMember, creator: TownCreator): Promise<void> {
  await member.signIn();
  await member.post('/v1/stages/start', {
    title: creator.title,
    hashtags: creator.hashtags,
    category: creator.category,
  });
}

async function endLive(member: CrowdMember): Promise<void> {
  await member.signIn();
  await member.post('/v1/stages/end', {});
}

/** The stage a fan mostly stays at; the first creators draw the larger crowds. */
export function stageOf(index: number): TownCreator {
  const seats = TOWN_CREATORS.flatMap((creator) => Array<TownCreator>(creator.fame).fill(creator));
  const seat = seats[(index * 7) % seats.length];
  if (seat === undefined) throw new Error('the town has no creators');
  return seat;
}
