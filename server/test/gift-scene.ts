import { newId, publicId, type Uuid } from '../src/core/ids.ts';
import { gifts, useStages } from '../src/gifts/index.ts';
import type { StageNow } from '../src/gifts/stages.ts';
import type { House, Slice } from '../src/house.ts';
import { identity, openPerson } from '../src/identity/index.ts';
import { ASSET_LEDGERS, accountId, NIL_ID, TransferCodes } from '../src/ledger/index.ts';
import { policy } from '../src/policy/index.ts';
import { rates } from '../src/rates/index.ts';
import { addSocket } from '../src/realtime/routes.ts';

const socket: Slice = { name: 'socket', routes: addSocket };
/** The slices that sending a gift needs, without the live slice: stages are made by `liveStage`. */
export const GIFT_SLICES: readonly Slice[] = [policy, identity, rates, gifts, socket];

const stages = new Map<Uuid, StageNow>();

/** A stage that is live, of a new creator. */
export async function liveStage(house: House, name = `mira${people++}`): Promise<StageNow> {
  const creatorId = await somebody(house, name);
  return changeStage({
    stageId: newId(),
    creatorId,
    live: true,
    sessionId: newId(),
    giftsOn: true,
    giftsOffReason: null,
  });
}

/** The same stage, from now on as it is given here. */
export function changeStage(stage: StageNow): StageNow {
  stages.set(stage.stageId, stage);
  // Here and not on import: the live slice registers itself whenever it is loaded.
  useStages({ find: (_house, stageId) => stages.get(stageId) });
  return stage;
}

/** A new person of age with so many Coins. */
export async function fan(house: House, coins = 0n, name = `fan${people++}`): Promise<Uuid> {
  const id = await somebody(house, name);
  if (coins > 0n) await giveCoins(house, id, coins);
  return id;
}

/** A new person of age. */
export function somebody(house: House, handle = `someone${people++}`): Promise<Uuid> {
  return openPerson(house, {
    email: `${handle}@people.example`,
    handle,
    displayName: handle.charAt(0).toUpperCase() + handle.slice(1),
    dateOfBirth: '1990-01-01',
  });
}

let people = 1;

export async function giveCoins(house: House, userId: Uuid, coins: bigint): Promise<void> {
  const posted = await house.ledger.post({
    transfers: [
      {
        id: newId(),
        debitAccountId: accountId('platform', 'coins_issued', 'COIN'),
        creditAccountId: accountId(userId, 'coins', 'COIN'),
        amount: coins,
        pendingId: NIL_ID,
        userData128: NIL_ID,
        userData64: 0n,
        userData32: 0,
        timeout: 0,
        ledger: ASSET_LEDGERS.COIN,
        code: TransferCodes.opening,
        flags: 0,
      },
    ],
  });
  if (posted.kind !== 'posted') throw new Error(`no Coins: ${posted.kind}`);
}

/** What someone has: Coins, pending and available Diamond units. */
export async function has(
  house: House,
  userId: Uuid,
): Promise<{ coins: bigint; pending: bigint; available: bigint }> {
  const [coins, pending, available] = [
    accountId(userId, 'coins', 'COIN'),
    accountId(userId, 'diamonds_pending', 'DIAMOND'),
    accountId(userId, 'diamonds_available', 'DIAMOND'),
  ] as const;
  const balances = await house.ledger.balances([coins, pending, available]);
  const of = (id: Uuid) => {
    const account = balances.get(id);
    return account === undefined ? 0n : account.creditsPosted - account.debitsPosted;
  };
  return { coins: of(coins), pending: of(pending), available: of(available) };
}

export function publicStage(stage: StageNow): string {
  return publicId('stage', stage.stageId);
}
