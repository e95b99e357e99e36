import { performance } from 'node:perf_hooks';
import { Skipped } from '../row.ts';

/** What is used of `tigerbeetle-node`, which is no dependency of the house. */
interface TigerBeetle {
  createClient(options: { cluster_id: bigint; replica_addresses: string[] }): Client;
  id(): bigint;
}

interface Client {
  createAccounts(batch: object[]): Promise<{ status: number }[]>;
  createTransfers(batch: object[]): Promise<{ status: number }[]>;
  destroy(): void;
}

const CREATED = 4_294_967_295;
const LINKED = 1;
const DEBITS_MUST_NOT_EXCEED_CREDITS = 2;

/**
 * The same load on a TigerBeetle cluster: each sender sends a gift of two linked transfers and waits for the answer.
 * The client gathers what is sent meanwhile into one request.
 * @throws Skipped without the client or a cluster.
 */
export async function tigerBeetle(senders: number, seconds: number): Promise<number> {
  const address = process.env.TIGERBEETLE_ADDRESS;
  if (address === undefined) {
    throw new Skipped(
      'no TigerBeetle cluster: start one (cluster 0), set TIGERBEETLE_ADDRESS=127.0.0.1:3000 and npm install --no-save tigerbeetle-node',
    );
  }
  const { createClient, id } = await load();
  const client = createClient({ cluster_id: 0n, replica_addresses: [address] });
  try {
    const [issued, spent, diamonds, creator] = [id(), id(), id(), id()];
    const fans = Array.from({ length: senders }, () => id());
    await created(
      client.createAccounts([
        ...[issued, spent].map((account) => accountOf(account, 1, 0)),
        ...[diamonds, creator].map((account) => accountOf(account, 2, 0)),
        ...fans.map((fan) => accountOf(fan, 1, DEBITS_MUST_NOT_EXCEED_CREDITS)),
      ]),
    );
    await created(
      client.createTransfers(fans.map((fan) => transferOf(id(), issued, fan, 1_000_000_000n, 1, 0))),
    );
    const gift = (fan: bigint) =>
      created(
        client.createTransfers([
          transferOf(id(), fan, spent, 5n, 1, LINKED),
          transferOf(id(), diamonds, creator, 2_500n, 2, 0),
        ]),
      );
    await run(fans, gift, 1);
    return await run(fans, gift, seconds);
  } finally {
    client.destroy();
  }
}

async function run(
  fans: readonly bigint[],
  gift: (fan: bigint) => Promise<void>,
  seconds: number,
): Promise<number> {
  let gifts = 0;
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    fans.map(async (fan) => {
      while (performance.now() < end) {
        await gift(fan);
        gifts += 1;
      }
    }),
  );
  return (gifts * 1_000) / (performance.now() - start);
}

async function load(): Promise<TigerBeetle> {
  const name = 'tigerbeetle-node';
  try {
    return (await import(name)) as TigerBeetle;
  } catch {
    throw new Skipped('tigerbeetle-node is not installed: npm install --no-save tigerbeetle-node');
  }
}

async function created(answer: Promise<{ status: number }[]>): Promise<void> {
  const refused = (await answer).find(({ status }) => status !== CREATED);
  if (refused !== undefined) throw new Error(`TigerBeetle answered ${refused.status}`);
}

function accountOf(id: bigint, ledger: number, flags: number): object {
  return {
    id,
    debits_pending: 0n,
    debits_posted: 0n,
    credits_pending: 0n,
    credits_posted: 0n,
    user_data_128: 0n,
    user_data_64: 0n,
    user_data_32: 0,
    reserved: 0,
    ledger,
    code: 1,
    flags,
    timestamp: 0n,
  };
}

function transferOf(
  id: bigint,
  debit: bigint,
  credit: bigint,
  amount: bigint,
  ledger: number,
  flags: number,
): object {
  return {
    id,
    debit_account_id: debit,
    credit_account_id: credit,
    amount,
    pending_id: 0n,
    user_data_128: 0n,
    user_data_64: 0n,
    user_data_32: 0,
    timeout: 0,
    ledger,
    code: 1,
    flags,
    timestamp: 0n,
  };
}
