import { inspect, isDeepStrictEqual } from 'node:util';
import type { UserPurpose } from '../../src/ledger/chart.ts';
import { accountId } from '../../src/ledger/index.ts';
import type { Someone } from './platform.ts';
import type { Story } from './story.ts';

/** Everybody's statements: each adds up, leads to the next, and ends in the ledger; fans' and creators' agree. */
export async function provePapers(story: Story): Promise<string[]> {
  const wrong: string[] = [];
  const byFan = new Map<string, Split>();
  const byCreator = new Map<string, Split>();
  const earners = story.stages.map(({ creator }) => creator);
  for (const person of [...story.fans, ...earners]) {
    wrong.push(...(await paperOf(story, person, 'fan', byFan)));
  }
  for (const person of earners) wrong.push(...(await paperOf(story, person, 'creator', byCreator)));
  for (const { id } of story.given) {
    const [paid, earned] = [byFan.get(id), byCreator.get(id)];
    if (!isDeepStrictEqual(paid, earned)) {
      wrong.push(`${id}: the fan's paper says ${inspect(paid)}, the creator's ${inspect(earned)}`);
    }
  }
  story.count(`gifts on both papers: ${new Set(story.given.map(({ id }) => id)).size}`);
  return wrong;
}

/** In millionths of a dollar. */
interface Split {
  readonly fanPaid: bigint;
  readonly providerFee: bigint;
  readonly platform: bigint;
  readonly creator: bigint;
}

interface Line {
  readonly account: string;
  readonly reference: string | null;
  readonly change: { readonly units: string };
  readonly balanceAfter: { readonly units: string };
  readonly split: Readonly<Record<keyof Split, { readonly micros: string }>> | null;
}

interface Sheet {
  readonly account: UserPurpose;
  readonly opening: { readonly free: { readonly units: string } };
  readonly closing: { readonly free: { readonly units: string } };
}

async function paperOf(
  story: Story,
  person: Someone,
  of: 'fan' | 'creator',
  splits: Map<string, Split>,
): Promise<string[]> {
  const wrong: string[] = [];
  const { months } = (await person.get(`/v1/me/statements?of=${of}`)).body;
  let before = new Map<string, string>();
  for (const { month } of months.toReversed()) {
    const about = `${of} ${person.handle} ${month}`;
    const base = `/v1/me/statements/${month}`;
    const answer = await person.get(`${base}/statement.json?of=${of}`);
    if (answer.status !== 200) return [...wrong, `${about}: ${answer.status} ${inspect(answer.body)}`];
    const paper: { accounts: Sheet[]; lines: Line[]; totals: unknown } = answer.body;
    story.count(`statements, of ${of}s`);
    for (const line of paper.lines) addSplit(splits, line);
    for (const sheet of paper.accounts) {
      const own = paper.lines.filter(({ account }) => account === sheet.account);
      let free = BigInt(sheet.opening.free.units);
      for (const line of own) {
        free += BigInt(line.change.units);
        if (free !== BigInt(line.balanceAfter.units)) wrong.push(`${about}: a line leads to ${free}`);
      }
      if (free !== BigInt(sheet.closing.free.units)) wrong.push(`${about}: the lines lead to ${free}`);
      const carried = before.get(sheet.account) ?? '0';
      if (carried !== sheet.opening.free.units)
        wrong.push(`${about}: opens with another balance than ${carried}`);
    }
    before = new Map(paper.accounts.map(({ account, closing }) => [account, closing.free.units]));
    wrong.push(...(await otherForms(person, of, month, paper)));
  }
  for (const [account, units] of before) {
    const there = await balanceOf(story, person, account as UserPurpose);
    if (there !== units)
      wrong.push(`${of} ${person.handle}: ${account} is ${units} on paper, ${there} in the ledger`);
  }
  return wrong;
}

/** The pages, the sums and the CSV file of a month, against its JSON. */
async function otherForms(
  person: Someone,
  of: 'fan' | 'creator',
  month: string,
  paper: { readonly accounts: Sheet[]; readonly lines: readonly Line[]; readonly totals: unknown },
): Promise<string[]> {
  const about = `${of} ${person.handle} ${month}`;
  const base = `/v1/me/statements/${month}`;
  const wrong: string[] = [];
  const paged: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = `of=${of}&limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const { body }: { body: { items: unknown[]; nextCursor: string | null } } = await person.get(
      `${base}/lines?${query}`,
    );
    paged.push(...body.items);
    cursor = body.nextCursor;
  }
  if (!isDeepStrictEqual(paged, paper.lines))
    wrong.push(`${about}: the pages say something else than the JSON`);
  // A long month's sums come a line at a time; the last one has them.
  const sums: string = (await person.get(`${base}/totals?of=${of}`)).body;
  const last: unknown = JSON.parse(sums.trimEnd().split('\n').at(-1) ?? '{}').totals;
  if (!isDeepStrictEqual(last, paper.totals)) wrong.push(`${about}: the totals are not those of the JSON`);
  const csv: string = (await person.get(`${base}/statement.csv?of=${of}`)).body;
  const rows = table(csv);
  const lines = rows.filter(({ row }) => row === 'line');
  const same = paper.lines.every(
    ({ change, balanceAfter, account }, index) =>
      lines[index]?.change_units === change.units &&
      lines[index]?.balance_after_units === balanceAfter.units &&
      lines[index]?.account === account,
  );
  if (lines.length !== paper.lines.length || !same)
    wrong.push(`${about}: the CSV has other lines than the JSON`);
  for (const { account, closing } of paper.accounts) {
    const end = rows.find((cells) => cells.row === 'closing' && cells.account === account);
    if (end?.balance_after_units !== closing.free.units) wrong.push(`${about}: the CSV closes otherwise`);
  }
  return wrong;
}

function table(csv: string): Record<string, string>[] {
  const [names = [], ...rows] = csv
    .trimEnd()
    .split('\r\n')
    .map((row) => row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? []);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])));
}

function addSplit(splits: Map<string, Split>, { reference, split }: Line): void {
  if (split === null || !reference?.startsWith('gift_')) return;
  const sum = splits.get(reference) ?? { fanPaid: 0n, providerFee: 0n, platform: 0n, creator: 0n };
  splits.set(reference, {
    fanPaid: sum.fanPaid + BigInt(split.fanPaid.micros),
    providerFee: sum.providerFee + BigInt(split.providerFee.micros),
    platform: sum.platform + BigInt(split.platform.micros),
    creator: sum.creator + BigInt(split.creator.micros),
  });
}

/** What is free of an account now, in units. */
async function balanceOf({ platform }: Story, { uuid }: Someone, account: UserPurpose): Promise<string> {
  const id = accountId(uuid, account, account === 'coins' ? 'COIN' : 'DIAMOND');
  const [row] = await platform.db.query<{ free: bigint }>(
    'select credits_posted - debits_posted - debits_pending as free from ledger_accounts where id = $1',
    [id],
  );
  return (row?.free ?? 0n).toString();
}
