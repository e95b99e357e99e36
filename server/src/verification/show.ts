import type { Static } from 'typebox';
import { publicId, type Uuid } from '../core/ids.ts';
import type { Queryable } from '../db/database.ts';
import { peopleByIds } from '../identity/index.ts';
import type { Policy } from '../policy/index.ts';
import type { CaseState, CaseStep, IdentityCase } from './rules.ts';
import type { caseSchema, consoleDetail, consoleRowSchema } from './schema.ts';
import { type CaseEvent, eventsOfCase, looksOf, picturesOf, screeningsOf } from './store.ts';

type Rules = Policy['verification'];

/** A case as its person sees it. */
export async function caseJson(
  db: Queryable,
  found: IdentityCase,
  rules: Rules,
): Promise<Static<typeof caseSchema>> {
  const [pictures, events] = await Promise.all([picturesOf(db, [found.id]), eventsOfCase(db, found.id)]);
  const { legalName, latinName, dateOfBirth, country, document, state, field, reason } = found;
  return {
    id: publicId('idcase', found.id),
    state,
    since: found.since.toISOString(),
    legalName,
    latinName,
    dateOfBirth,
    country,
    document,
    field,
    reason,
    pictures: pictures.map(({ side, madeAt, width, height, erasedAt }) => ({
      side,
      madeAt: madeAt.toISOString(),
      width,
      height,
      erasedAt: erasedAt?.toISOString() ?? null,
    })),
    timeline: timelineOf(found, events),
    erasedBy: erasedBy(found, rules),
  };
}

/** Cases as operators see them, in the same order. */
export async function consoleRows(
  db: Queryable,
  cases: readonly IdentityCase[],
  viewerId: Uuid,
): Promise<Static<typeof consoleRowSchema>[]> {
  const people = await peopleByIds(db, [...new Set(cases.map(({ userId }) => userId))]);
  return cases.map(
    ({ id, userId, since, begunAt: _, comparedAt: _compared, forgivenAt: _forgiven, ...found }) => {
      const person = people.get(userId);
      return {
        ...found,
        id: publicId('idcase', id),
        since: since.toISOString(),
        yours: userId === viewerId,
        person: {
          handle: person?.handle ?? '',
          displayName: person?.displayName ?? 'Somebody',
          avatar: person?.avatar ?? '',
        },
      };
    },
  );
}

export async function consoleDetailJson(
  db: Queryable,
  found: IdentityCase,
  viewerId: Uuid,
  rules: Rules,
  reopens: Static<typeof consoleDetail>['reopens'],
): Promise<Static<typeof consoleDetail>> {
  const [[row], pictures, looks, events, [screening]] = await Promise.all([
    consoleRows(db, [found], viewerId),
    picturesOf(db, [found.id]),
    looksOf(db, found.id),
    eventsOfCase(db, found.id),
    screeningsOf(db, found.id),
  ]);
  if (row === undefined) throw new Error(`a case that cannot be shown: ${found.id}`);
  const by = [...events, ...looks].flatMap(({ byUser }) => (byUser === null ? [] : [byUser]));
  const people = await peopleByIds(db, [...new Set(by)]);
  const named = (id: Uuid | null) => (id === null ? null : (people.get(id)?.displayName ?? 'Somebody'));
  const seen = new Set(looks.filter(({ byUser }) => byUser === viewerId).map(({ pictureId }) => pictureId));
  const history = [
    ...events.map(({ at, step, byUser, note }) => ({ at, label: LABELS[step], by: named(byUser), note })),
    ...looks.map(({ at, side, byUser }) => ({
      at,
      label: `Saw the picture “${side}”`,
      by: named(byUser),
      note: null,
    })),
  ];
  return {
    case: row,
    pictures: pictures.map(({ id, side, width, height, erasedAt }) => ({
      side,
      width,
      height,
      erasedAt: erasedAt?.toISOString() ?? null,
      seen: seen.has(id),
    })),
    history: history
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .map(({ at, ...rest }) => ({ at: at.toISOString(), ...rest })),
    reopens,
    screening:
      screening === undefined
        ? null
        : {
            at: screening.at.toISOString(),
            hits: screening.hits.map(({ id, name, score, lists }) => ({
              id,
              name,
              score,
              lists: [...lists],
            })),
          },
    erasedBy: erasedBy(found, rules),
  };
}

const LABELS: Readonly<Record<CaseStep, string>> = {
  started: 'Begun',
  submitted: 'Handed in',
  looked_at: 'Being looked at',
  approved: 'Approved',
  refused: 'Refused',
  expired: 'Over: nothing was handed in',
  erased: 'Pictures erased',
  revoked: 'Approval taken back',
  forgiven: 'Another try given',
  sent_back: 'Sent back: a picture could not be opened',
  withdrawn: 'Taken back by whom it is about',
  undecided: 'Over: nobody decided in time',
  listed: 'Like a name on a list of sanctions',
  cleared: 'Compared with the list: somebody else',
};

const FAILED: ReadonlySet<CaseStep> = new Set(['refused', 'expired', 'revoked', 'sent_back', 'undecided']);

type Step = Static<typeof caseSchema>['timeline'][number];

function timelineOf(found: IdentityCase, events: readonly CaseEvent[]): Step[] {
  const done = events
    // Who looked, and how many did, is no business of the person's; that somebody does, is.
    // Whom the list names is nobody's business but the operators'.
    .filter(({ step }) => step !== 'listed' && step !== 'cleared')
    .filter(
      ({ step }, at, kept) => step !== 'looked_at' || kept.findIndex((e) => e.step === 'looked_at') === at,
    )
    .map(
      ({ at, step, note }): Step => ({
        label: LABELS[step],
        note,
        at: at.toISOString(),
        state: FAILED.has(step) ? 'failed' : 'done',
      }),
    );
  const ahead = AHEAD[found.state]
    .filter((label) => label !== LABELS.looked_at || !events.some(({ step }) => step === 'looked_at'))
    .map((label): Step => ({ label, note: null, at: null, state: 'ahead' }));
  const last = done.at(-1);
  if (ahead.length === 0 || last === undefined) return [...done, ...ahead];
  return [...done.slice(0, -1), { ...last, state: 'now' }, ...ahead];
}

const AHEAD: Readonly<Record<CaseState, readonly string[]>> = {
  started: ['Handed in', LABELS.looked_at, 'Decided'],
  submitted: [LABELS.looked_at, 'Decided'],
  approved: [],
  refused: [],
  expired: [],
  revoked: [],
  withdrawn: [],
  undecided: [],
};

/** Decided or not: what was handed in is kept so long at most. */
function erasedBy({ state, since }: IdentityCase, { eraseAfterMs }: Rules): string | null {
  if (state === 'started') return null;
  return new Date(since.getTime() + eraseAfterMs).toISOString();
}
