import { newId, type Uuid } from '../../src/core/ids.ts';
import { accountId, userAccount } from '../../src/ledger/chart.ts';
import { legId, transferEvent } from '../../src/ledger/event.ts';
import type { Ledger } from '../../src/ledger/post.ts';
import type { TransferEvent } from '../../src/ledger/transfer.ts';

export const COINS_ISSUED = accountId('platform', 'coins_issued', 'COIN');
export const COINS_SPENT = accountId('platform', 'coins_spent', 'COIN');
export const DIAMONDS_ISSUED = accountId('platform', 'diamonds_issued', 'DIAMOND');

/** A person with an open account of Coins and one of pending Diamonds. */
export interface Person {
  readonly id: Uuid;
  readonly coins: Uuid;
  readonly diamonds: Uuid;
}

export function personOf(id: Uuid): Person {
  return {
    id,
    coins: accountId(id, 'coins', 'COIN'),
    diamonds: accountId(id, 'diamonds_pending', 'DIAMOND'),
  };
}

/** Opens accounts for so many people and gives each so many Coins. */
export async function people(ledger: Ledger, count: number, coins: bigint): Promise<Person[]> {
  const made = Array.from({ length: count }, () => personOf(newId()));
  await ledger.openAccounts(
    made.flatMap(({ id }) => [
      userAccount(id, 'coins', 'COIN'),
      userAccount(id, 'diamonds_pending', 'DIAMOND'),
    ]),
  );
  if (coins > 0n) {
    await Promise.all(made.map((person) => ledger.post({ transfers: [funding(person, coins)] })));
  }
  return made;
}

export function funding(person: Person, coins: bigint): TransferEvent {
  return transferEvent({
    id: newId(),
    from: COINS_ISSUED,
    to: person.coins,
    asset: 'COIN',
    units: coins,
    code: 'coins_issued',
  });
}

/** A gift as two linked transfers: the fan's Coins are spent, the creator earns half a Diamond for each. */
export function giftChain(giftId: Uuid, fan: Person, creator: Person, coins: bigint): TransferEvent[] {
  return [
    transferEvent({
      id: legId(giftId, 1),
      from: fan.coins,
      to: COINS_SPENT,
      asset: 'COIN',
      units: coins,
      code: 'gift',
      reference: giftId,
    }),
    transferEvent({
      id: legId(giftId, 2),
      from: DIAMONDS_ISSUED,
      to: creator.diamonds,
      asset: 'DIAMOND',
      units: coins * 500n,
      code: 'gift_earned',
      reference: giftId,
    }),
  ];
}
