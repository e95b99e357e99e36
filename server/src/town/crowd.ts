import { setTimeout as sleep } from 'node:timers/promises';
import { CrowdMember } from './crowd-member.ts';
import { TOWN_FANS, type TownCreator, type TownFan } from './people.ts';
import { stageOf } from './story.ts';

/**
 * The gentle crowd of the demo town, as a process of its own: real accounts that send real gifts and chat
 * through the public API and sockets, like anyone else. Run as `node crowd.ts http://127.0.0.1:4080`.
 * It ends when its standard input closes, so it never outlives the server that started it.
 */

/** On average one act of the whole crowd in this many milliseconds. */
const ACT_EVERY_MS = 1_100;
const RETRY_MS = 2_000;

/** The gifts a fan may choose, by catalogue id, with their price; learnt from the catalogue. */
export interface GiftChoice {
  readonly id: string;
  readonly price: number;
  readonly tier: number;
  readonly streakable: boolean;
}

async function main(origin: string): Promise<void> {
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => process.exit(0));

  const gifts = await learnCatalogue(origin);
  const fans = TOWN_FANS.filter((fan) => fan.handle !== 'ana' && fan.handle !== 'ben');
  const members = fans.map((fan, index) => ({
    fan,
    creator: stageOf(index),
    member: new CrowdMember(origin, fan.handle),
  }));
  for (const { member, creator } of members) {
    await member.enter(creator.handle);
    await sleep(150);
  }
  for (;;) {
    await sleep(ACT_EVERY_MS * (0.4 + Math.random() * 1.2));
    const chosen = members[Math.floor(Math.random() * members.length)];
    if (chosen === undefined) return;
    // Whatever one member meets (a restart of the server, no Coins left) must not end the crowd.
    await act(chosen.member, chosen.fan, chosen.creator, gifts).catch(() => sleep(RETRY_MS));
  }
}

async function act(
  member: CrowdMember,
  fan: TownFan,
  creator: TownCreator,
  gifts: readonly GiftChoice[],
): Promise<void> {
  const mood = Math.random();
  if (mood < 0.42) return member.say(pick(creator.talk));
  if (mood < 0.55) return member.like(1 + Math.floor(Math.random() * 6));
  const gift = chooseGift(fan, gifts);
  if (gift === undefined) return;
  if (!member.canPay(gift.price * 15)) return member.topUp(Math.max(700, gift.price * 2));
  if (!gift.streakable) return member.give(gift.id);
  return member.giveStreak(gift.id, 1 + Math.floor(Math.random() ** 2 * 14));
}

/** Mostly small gifts; the generous now and then a dear one. */
function chooseGift(fan: TownFan, gifts: readonly GiftChoice[]): GiftChoice | undefined {
  const luck = Math.random();
  const tier =
    luck < 0.05 * fan.generosity
      ? 5
      : luck < 0.2 * fan.generosity
        ? 4
        : luck < 0.12 + 0.2 * fan.generosity
          ? 3
          : luck < 0.45
            ? 2
            : 1;
  return pick(gifts.filter((gift) => gift.tier === tier && gift.price <= 10_000));
}

async function learnCatalogue(origin: string): Promise<GiftChoice[]> {
  for (;;) {
    try {
      const answer = await fetch(`${origin}/v1/gifts/catalogue`);
      const { gifts } = (await answer.json()) as {
        gifts: { id: string; price: { units: string }; tier: number; streakable: boolean }[];
      };
      return gifts.map((gift) => ({
        id: gift.id,
        price: Number(gift.price.units),
        tier: gift.tier,
        streakable: gift.streakable,
      }));
    } catch {
      await sleep(RETRY_MS);
    }
  }
}

function pick<T>(choices: readonly T[]): T {
  const chosen = choices[Math.floor(Math.random() * choices.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}

await main(process.argv[2] ?? 'http://127.0.0.1:4080');
