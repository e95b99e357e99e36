/** Linked events succeed or fail as one. The same rule holds for accounts and for transfers. */

const LINKED = 1;
/** The results that a chain gives; the numbers are the same for accounts and for transfers. */
const LINKED_EVENT_FAILED = 1;
const LINKED_EVENT_CHAIN_OPEN = 2;
const CREATED = 4_294_967_295;

interface Outcome {
  readonly result: number;
  readonly timestamp: bigint;
}

type ChainOutcome = {
  readonly result: typeof LINKED_EVENT_FAILED | typeof LINKED_EVENT_CHAIN_OPEN;
  readonly timestamp: bigint;
};

/** What can be taken back. Undone at once when a chain breaks, kept when its last event is through. */
interface Undoable {
  openChain(): void;
  keepChain(): void;
  undoChain(): void;
}

/**
 * Applies the events one by one, each at its own nanosecond from `now` on, and answers each.
 *
 * A chain is a run of events with the flag `linked` and the one event after them. Anything but `created` breaks
 * it, `exists` too: the events before are undone, those after are not tried, and all but the one at fault are
 * told `linked_event_failed`. A chain that the batch cuts off is told so at its last event.
 */
export function applyChains<Event extends { readonly flags: number }, Result extends Outcome>(
  events: readonly Event[],
  now: bigint,
  effects: Undoable,
  apply: (event: Event, timestamp: bigint) => Result,
): (Result | ChainOutcome)[] {
  const outcomes: (Result | ChainOutcome)[] = [];
  const last = events.length - 1;
  let chainStart = -1;
  let isBroken = false;
  let timestamp = now;
  for (const event of events) {
    const index = outcomes.length;
    const isLinked = (event.flags & LINKED) !== 0;
    if (isLinked && chainStart === -1) {
      chainStart = index;
      effects.openChain();
    }

    let outcome: Result | ChainOutcome;
    if (isLinked && index === last) outcome = { result: LINKED_EVENT_CHAIN_OPEN, timestamp };
    else if (isBroken) outcome = { result: LINKED_EVENT_FAILED, timestamp };
    else outcome = apply(event, timestamp);
    outcomes.push(outcome);

    if (chainStart !== -1) {
      if (!isBroken && outcome.result !== CREATED) {
        isBroken = true;
        effects.undoChain();
        for (let undone = chainStart; undone < index; undone += 1) {
          outcomes[undone] = { result: LINKED_EVENT_FAILED, timestamp: now + BigInt(undone) };
        }
      }
      if (!isLinked || index === last) {
        if (!isBroken) effects.keepChain();
        chainStart = -1;
        isBroken = false;
      }
    }
    timestamp += 1n;
  }
  return outcomes;
}
