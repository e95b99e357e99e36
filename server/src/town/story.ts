import { DAY_MS, HOUR_MS, MINUTE_MS, type TestClock } from '../core/clock.ts';
import { UNITS_PER_DIAMOND } from '../core/money.ts';
import { CrowdMember } from './crowd-member.ts';
import { TOWN_CREATORS, TOWN_FANS, type TownCreator, type TownFan } from './people.ts';

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
 * @param eachDay what the house does by itself once a day
 */
export async function liveTheStory(
  origin: string,
  clock: TestClock,
  nowMs: number,
  eachDay: () => Promise<unknown>,
): Promise<void> {
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
  await Promise.all(
    fans.map(async ({ fan, member }) => {
      if (fan.coins === 0) return;
      await member.signIn();
      await member.topUp(fan.coins);
    }),
  );

  for (let day = 0; day < STORY_DAYS; day++) {
    clock.set(nowMs - (STORY_DAYS - day) * DAY_MS + HOUR_MS);
    await eachDay();
    await Promise.all(creators.map(({ creator, member }) => goLive(member, creator)));
    if (day === 0) {
      await Promise.all(creators.map(({ creator, member }, index) => giveAccount(member, creator, index)));
    }
    const tonight = fans.filter(({ fan }, index) => !isVisitor(fan) && (index + day) % 3 === 0);
    await Promise.all(tonight.map(({ member, stage }) => member.enter(stage.handle)));
    for (const round of roundsOf(tonight)) {
      clock.advance(7 * MINUTE_MS);
      await Promise.all(
        round.map(async ({ fan, member, place }) => {
          await giveTonight(member, fan, place * 5 + day * 3);
          member.leave();
        }),
      );
    }
    clock.advance(HOUR_MS);
    await Promise.all(creators.map(({ member }) => endLive(member)));
  }

  clock.set(nowMs - 72 * MINUTE_MS);
  await Promise.all(creators.map(({ creator, member }) => goLive(member, creator)));
  const tonight = fans.filter(({ fan }) => !isVisitor(fan));
  await Promise.all(tonight.map(({ member, stage }) => member.enter(stage.handle)));
  for (const round of roundsOf(tonight)) {
    clock.advance(3 * MINUTE_MS);
    await Promise.all(
      round.map(async ({ fan, member, place }) => {
        await giveTonight(member, fan, place);
        member.leave();
      }),
    );
  }
}

/** Who gives at the same time: one of each stage, so that on every stage it is always the same one first. */
function roundsOf<Guest extends { readonly stage: TownCreator }>(
  tonight: readonly Guest[],
): (Guest & { readonly place: number })[][] {
  const rounds: (Guest & { readonly place: number })[][] = [];
  const given = new Map<string, number>();
  for (const [place, guest] of tonight.entries()) {
    const round = given.get(guest.stage.handle) ?? 0;
    given.set(guest.stage.handle, round + 1);
    rounds[round] ??= [];
    rounds[round].push({ ...guest, place });
  }
  return rounds;
}

/** Ana and Ben are whom a newcomer may be: they have given nothing yet. */
function isVisitor(fan: TownFan): boolean {
  return fan.handle === 'ana' || fan.handle === 'ben';
}

/** One evening of one fan: a small gift, and from the generous a dear one beside it. */
async function giveTonight(member: CrowdMember, fan: TownFan, turn: number): Promise<void> {
  const gift = STORY_GIFTS[turn % STORY_GIFTS.length];
  if (gift === undefined || !member.canPay(gift.coins * Math.max(1, gift.streak))) return;
  if (gift.streak > 0) await member.giveStreakAtOnce(gift.id, gift.streak);
  else await member.give(gift.id);
  const dear = DEAR_GIFTS[turn % DEAR_GIFTS.length];
  if (dear !== undefined && fan.generosity >= 0.6 && member.canPay(dear.coins * 2))
    await member.give(dear.id);
}

async function goLive(member: CrowdMember, creator: TownCreator): Promise<void> {
  await member.signIn();
  await member.post('/v1/stages/start', {
    title: creator.title,
    hashtags: creator.hashtags,
    category: creator.category,
    scene: creator.scene,
    goal: {
      title: creator.goal.title,
      targetUnits: String(BigInt(creator.goal.diamonds) * UNITS_PER_DIAMOND),
    },
    ...(creator.pinned === null ? {} : { pinned: creator.pinned }),
  });
}

/** Account numbers that banks print as examples: nobody's. */
const ACCOUNTS: readonly { readonly iban: string; readonly bic?: string }[] = [
  { iban: 'NL91ABNA0417164300' },
  { iban: 'DE89370400440532013000' },
  { iban: 'FR1420041010050500013M02606' },
  { iban: 'GB29NWBK60161331926819', bic: 'NWBKGB2L' },
];

/** The address of the test network that BIP 173 prints as its example. */
const ADDRESS = 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx';

/** Says where their money should go, ten days ago, so that the account has waited long enough. */
async function giveAccount(member: CrowdMember, creator: TownCreator, index: number): Promise<void> {
  await member.post('/v1/session/confirmation', {});
  if (index === 0) {
    const about = { method: 'btcpay', holder: creator.displayName, country: 'NL', address: ADDRESS };
    await member.post('/v1/me/payout-accounts', about);
  }
  const account = ACCOUNTS[index % ACCOUNTS.length];
  await member.post('/v1/me/payout-accounts', { method: 'sepa', holder: creator.displayName, ...account });
}

async function endLive(member: CrowdMember): Promise<void> {
  await member.post('/v1/stages/end', {});
}

/** The stage a fan mostly stays at: the first dozen at the first one, the others one after another at the rest. */
export function stageOf(index: number): TownCreator {
  const regulars = 12;
  const [first, ...others] = TOWN_CREATORS;
  const home = index < regulars ? first : others[(index - regulars) % others.length];
  if (home === undefined) throw new Error('the town has no creators');
  return home;
}
