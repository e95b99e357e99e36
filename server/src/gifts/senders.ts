import type { Uuid } from '../core/ids.ts';
import { Refusal } from '../core/refusal.ts';
import type { House } from '../house.ts';
import { passesGate, requireGate } from '../identity/index.ts';
import { accountId, userAccounts } from '../ledger/index.ts';
import { GIFTS_OFF } from './refusals.ts';

const KEPT_MAX = 100_000;

/** Who may send and who may receive, and whether their accounts are open. */
export class Senders {
  readonly #house: House;
  readonly #open = new Set<Uuid>();

  constructor(house: House) {
    this.#house = house;
  }

  /** What the gates say: `send` of the sender, then `earn` of the creator; `null` when both let the gift pass. */
  async refusal(senderId: Uuid, creatorId: Uuid): Promise<Refusal | null> {
    try {
      await requireGate(this.#house, 'send', senderId);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    if (await passesGate(this.#house, 'earn', creatorId)) return null;
    return new Refusal(GIFTS_OFF, { reason: 'the creator cannot receive gifts right now.' });
  }

  /** Sees to it that the accounts of these people are open. Asks the ledger once per person and process. */
  async openAccounts(userIds: readonly Uuid[]): Promise<void> {
    const unknown = userIds.filter((id) => !this.#open.has(id));
    if (unknown.length === 0) return;
    const { ledger } = this.#house;
    const balances = await ledger.balances(unknown.map((id) => accountId(id, 'coins', 'COIN')));
    for (const id of unknown) {
      if (!balances.has(accountId(id, 'coins', 'COIN'))) await ledger.openAccounts(userAccounts(id));
    }
    if (this.#open.size > KEPT_MAX) this.#open.clear();
    for (const id of unknown) this.#open.add(id);
  }
}
