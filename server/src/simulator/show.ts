import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import { amountJson } from '../core/money.ts';
import type { House } from '../house.ts';
import { peopleByIds } from '../identity/index.ts';
import { policyVersion } from '../policy/index.ts';
import { rateOfVersion, shownCents } from '../rates/index.ts';
import type { KeptRatio, SimulationInputs } from './inputs.ts';
import type { ArmResult, ArmSums } from './model/lines.ts';
import { SCENARIO_RULES } from './model/scenarios.ts';
import { assumptionsOf, sentenceOf, UNKNOWN } from './rules.ts';
import type { simulationSchema, simulationsSchema } from './schema.ts';
import { resultOf, runsAhead, runsAlike, type SimulationRow } from './store.ts';

type SimulationJson = Static<typeof simulationSchema>;
type LineJson = Static<typeof simulationsSchema>['items'][number];

/** Runs as an operator sees them in the list, in the same order. */
export async function simulationLines(
  { db, clock }: Pick<House, 'db' | 'clock'>,
  rows: readonly SimulationRow[],
  viewerId: Uuid,
): Promise<LineJson[]> {
  const ids = rows.flatMap(({ askedBy, byId }) => (byId === null ? [askedBy] : [askedBy, byId]));
  const people = await peopleByIds(db, [...new Set(ids)]);
  const personJson = (id: Uuid) => {
    const person = people.get(id);
    return { handle: person?.handle ?? '', displayName: person?.displayName ?? 'Somebody' };
  };
  const versions = [...new Set(rows.map(({ inputs }) => inputs.now.version))];
  const starts = new Map(
    await Promise.all(
      versions.map(async (version) => [version, (await rateOfVersion(db, version))?.effectiveFrom] as const),
    ),
  );
  return rows.map((row) => {
    const { inputs, repeats, byId } = row;
    const from = starts.get(inputs.now.version);
    return {
      id: publicId('sim', row.id),
      askedBy: personJson(row.askedBy),
      yours: row.askedBy === viewerId,
      askedAt: row.askedAt.toISOString(),
      repeats: repeats === null ? null : publicId('sim', repeats),
      scenario: inputs.scenario,
      title: SCENARIO_RULES[inputs.scenario].title,
      start: inputs.start.from,
      seed: inputs.seed,
      days: inputs.days,
      viewers: inputs.viewers,
      creators: inputs.creators,
      now: {
        version: inputs.now.version,
        // It was told ahead and had not begun.
        scheduledFrom: from !== undefined && from > row.askedAt ? from.toISOString() : null,
        money: rateMoney(inputs.now.centsPerUnit),
      },
      proposed: {
        draft: inputs.proposed.draft?.id ?? null,
        revision: inputs.proposed.draft?.revision ?? null,
        money: rateMoney(inputs.proposed.centsPerUnit),
      },
      state: row.ending ?? (row.begunAt === null ? 'waiting' : 'running'),
      progress: progressOf(row, clock.now()),
      endedAt: row.endedAt?.toISOString() ?? null,
      canceledBy: byId === null ? null : personJson(byId),
      note: row.note,
      sentence:
        row.sums === null ? null : sentenceOf(inputs, row.sums.now as ArmSums, row.sums.proposed as ArmSums),
      hash: row.resultHash?.toString('hex') ?? null,
      modelVersion: row.modelVersion,
    };
  });
}

/** One run, whole. */
export async function simulationJson(
  house: Pick<House, 'db' | 'clock'>,
  row: SimulationRow,
  viewerId: Uuid,
): Promise<SimulationJson> {
  const { db } = house;
  const [[line], result, ahead, alike] = await Promise.all([
    simulationLines(house, [row], viewerId),
    row.ending === 'done' ? resultOf(db, row.id) : undefined,
    row.ending === null ? runsAhead(db, row) : 0,
    runsAlike(db, row),
  ]);
  if (line === undefined) throw new Error('one row is one line');
  const policy = policyVersion(db, row.inputs.policyVersion);
  const each = result === undefined ? null : BigInt(result.each);
  return {
    ...line,
    ahead,
    inputsHash: row.inputsHash.toString('hex'),
    assumptions: policy === undefined ? [] : assumptionsOf(row.inputs, policy, each),
    unknown: UNKNOWN,
    alike: alike.map((other) => ({
      id: publicId('sim', other.id),
      same: row.resultHash !== null && other.resultHash.equals(row.resultHash),
      modelVersion: other.modelVersion,
    })),
    result:
      result === undefined
        ? null
        : { now: armJson(result.now), proposed: armJson(result.proposed), each: result.each },
  };
}

function rateMoney({ numerator, denominator }: KeptRatio) {
  const centsPerUnit = { numerator: BigInt(numerator), denominator: BigInt(denominator) };
  return amountJson('USD', shownCents({ centsPerUnit }));
}

/** Days are as long as each other, or nearly: what is left is told by those that are over. */
function progressOf(
  { ending, begunAt, daysBegunAt, phase, day, inputs }: SimulationRow,
  nowMs: number,
): LineJson['progress'] {
  if (ending !== null || begunAt === null || phase === null || day === null) return null;
  const elapsedMs = Math.max(0, nowMs - begunAt.getTime());
  const { days }: Pick<SimulationInputs, 'days'> = inputs;
  return {
    phase,
    day,
    percent: Math.floor((day * 100) / days),
    elapsedMs,
    leftMs:
      day === 0 || daysBegunAt === null
        ? null
        : Math.round((Math.max(0, nowMs - daysBegunAt.getTime()) * (days - day)) / day),
  };
}

function armJson({ days, sums, books }: ArmResult) {
  return {
    days: [...days],
    books,
    sums: {
      purchased: cents(sums.purchasedCents),
      earned: cents(sums.earnedCents),
      earnedDiamonds: amountJson('DIAMOND', BigInt(sums.earnedUnits)),
      paidOut: cents(sums.paidOutCents),
      waiting: cents(sums.waitingCents),
      mostShort: cents(sums.mostShortCents),
      leastCoverage: sums.leastCoverage,
      lastCoverage: sums.lastCoverage,
      median: cents(sums.medianCents),
    },
  };
}

function cents(digits: string) {
  return amountJson('USD', BigInt(digits));
}
