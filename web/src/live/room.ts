import { freshKey } from '../api/fresh-key.ts';
import { ApiProblem } from '../api/problem.ts';
import { queryClient } from '../api/query.ts';
import {
  type ChatLine,
  type GiftEvent,
  isGift,
  type Quote,
  type RoomEvent,
  type RoomFrame,
  type ServerFrame,
  type SmallGifts,
  type Standing,
} from '../realtime/frames.ts';
import { line } from '../realtime/socket.ts';
import { groupDigits } from '../ui/amounts.ts';
import { ChatRing, type ChatRows, type Row, type ShoutOut } from './chat-ring.ts';
import { eventsAfter, type Goal, type Stage, type Supporter, stageQuery } from './stage-api.ts';

export interface RankedSupporter {
  /** `null`: they are in no ranking by name. */
  readonly handle: string | null;
  readonly displayName: string;
  readonly avatar: string | null;
  readonly coins: number;
}

/** What a stage shows, apart from its chat, video and effects. */
export interface RoomView {
  readonly likes: number;
  readonly viewers: number;
  readonly live: boolean;
  readonly goal: Goal | null;
  /** Whether a vote or a hype runs, or ran since this page follows the stage. */
  readonly crowd: boolean;
  readonly pinned: { readonly text: string; readonly author: string | null } | null;
  /** Seconds between two messages of one person; 0 = not slow. */
  readonly slowSeconds: number;
  /** How one stands here; `null` without a session. */
  readonly you: Standing | null;
  /** Who gave most in this live, the first ten, as the server ranks them. */
  readonly supporters: readonly RankedSupporter[];
  /** The last shout-out since this page follows the stage. */
  readonly shoutOut: ShoutOut | null;
  /** Others are live together with the creator, or just were. */
  readonly together: boolean;
  readonly giftsOn: boolean;
  readonly giftsOffReason: string | null;
  /** The room is so busy that only some chat lines are shown. */
  readonly sampled: { readonly shown: number; readonly of: number } | null;
  /** There are so many gifts that small ones are shown together. */
  readonly smallTogether: boolean;
}

const FLUSH_MS = 100;
/** Showing takes at most this share of the time: on a slow machine a busy room is shown less often. */
const FLUSH_SHARE = 1 / 6;
const FLUSH_MS_MAX = 250;
const SAMPLED_FOR_MS = 5_000;
/** Small gifts of a crowd go into one row for so long. */
const TOGETHER_MS = 2_000;

type GiftListener = (event: GiftEvent) => void;

/**
 * One stage as this page follows it: the snapshot, then every numbered event in order without a gap, and the noise
 * as it comes. Rows are kept in a ring of 500 and shown at most ten times a second.
 */
export class Room {
  readonly handle: string;
  /** Of the stage's own creator. */
  readonly hostId: string;
  #view: RoomView;
  readonly #chat: ChatRing;
  #seq: number;
  #flush: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds until the next flush: what the last one took decides. */
  #flushMs = FLUSH_MS;
  #next: Partial<RoomView> = {};
  /** Frames that wait while missing events are read. */
  #held: RoomFrame[] | null = null;
  #joined = false;
  /** Whether it had been followed before: only then was somebody away. */
  #wasHere = false;
  #sampledUntil = 0;
  #togetherUntil = 0;
  /** When the row began that small gifts go into. */
  #togetherSince = 0;
  #stop: (() => void)[] = [];
  #unsaid = new Map<string, { readonly text: string; readonly replyTo: Quote | undefined }>();
  readonly #watchers = new Set<() => void>();
  readonly #gifts = new Set<GiftListener>();

  constructor(stage: Stage) {
    this.handle = stage.handle;
    this.hostId = stage.creator.id;
    this.#seq = stage.seq;
    this.#chat = new ChatRing(stage.chat.map(chatRow));
    this.#view = {
      likes: stage.likes ?? 0,
      viewers: stage.viewers,
      live: stage.live,
      goal: stage.goal,
      crowd: stage.running.length > 0,
      pinned: stage.pinned,
      slowSeconds: stage.slowSeconds,
      you: stage.you,
      supporters: stage.supporters.map(ranked),
      shoutOut: null,
      together: stage.together,
      giftsOn: stage.giftsOn,
      giftsOffReason: stage.giftsOffReason,
      sampled: null,
      smallTogether: false,
    };
  }

  view = (): RoomView => this.#view;

  chat = (): ChatRows => this.#chat.shown();

  subscribe = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Hears gifts as they happen; not those that are caught up with after a pause. */
  onGift(listener: GiftListener): () => void {
    this.#gifts.add(listener);
    return () => this.#gifts.delete(listener);
  }

  /** Follows the stage until the returned function is called. */
  follow(): () => void {
    this.#stop = [line.listen((frame) => this.#hear(frame)), line.subscribe(() => this.#lineChanged())];
    if (line.state().phase === 'open') this.#join();
    return () => {
      for (const stop of this.#stop) stop();
      clearTimeout(this.#flush);
      this.#flush = undefined;
      if (this.#joined) line.send({ t: 'leave', stage: this.handle });
      this.#joined = false;
    };
  }

  /** Says something. The row shows at once; what is not said stays, marked, and can be said again. */
  say(text: string, user: ChatLine['user'], replyTo?: Quote): void {
    const key = freshKey();
    this.#push({ kind: 'chat', id: key, user, text, replyTo, state: 'sending' });
    this.#unsaid.set(key, { text, replyTo });
    if (!this.#sendLine(key, text, replyTo)) {
      this.#markUnsaid(key, 'You are not connected.');
    }
    this.#flushNow();
  }

  sayAgain(key: string): void {
    const unsaid = this.#unsaid.get(key);
    if (unsaid === undefined) return;
    if (this.#sendLine(key, unsaid.text, unsaid.replyTo)) {
      this.#changeRow(key, (row) => (row.kind === 'chat' ? { ...row, state: 'sending' } : row));
    }
  }

  #sendLine(key: string, text: string, replyTo: Quote | undefined): boolean {
    const answered = replyTo === undefined ? {} : { replyTo: replyTo.id };
    return line.send({ t: 'chat', key, stage: this.handle, text, ...answered });
  }

  /** Counts likes of one's own at once; the server's total follows. */
  like(count: number): void {
    line.send({ t: 'like', stage: this.handle, count });
    this.#change({ likes: (this.#next.likes ?? this.#view.likes) + count });
  }

  #lineChanged(): void {
    const { phase } = line.state();
    if (phase === 'open') return;
    if (this.#joined) {
      this.#joined = false;
      for (const key of this.#unsaid.keys()) this.#markUnsaid(key, 'The connection was lost.');
    }
  }

  #join(): void {
    line.send({ t: 'join', stage: this.handle, after: this.#seq });
  }

  #hear(frame: ServerFrame): void {
    if (frame.t === 'hello') this.#join();
    if (frame.t === 'chat.ok') this.#said(frame.key, frame.id);
    if (frame.t === 'refused' && frame.key !== null && this.#unsaid.has(frame.key)) {
      this.#markUnsaid(frame.key, `${frame.problem.detail} ${frame.problem.remedy}`);
    }
    if (frame.t === 'refused' && frame.problem.code === 'banned_from_stage') {
      this.#change({ you: { role: null, mutedUntil: null, banned: true } });
    }
    if (!('stage' in frame) || frame.stage.toLowerCase() !== this.handle.toLowerCase()) return;
    if (frame.t === 'stage') this.#stageChanged(frame);
    if (frame.t === 'you') this.#standingChanged(frame.you);
    if (frame.t === 'left') this.#joined = false;
    if (frame.t === 'frame') this.#takeFrame(frame);
    if (frame.t === 'joined') {
      const again = this.#joined;
      this.#joined = true;
      this.#change({
        ...(frame.likes === undefined ? {} : { likes: frame.likes }),
        ...(frame.viewers === undefined ? {} : { viewers: frame.viewers }),
      });
      if (again) return;
      const away = this.#wasHere;
      this.#wasHere = true;
      if (frame.missed !== null) this.#catchUp(frame.missed, frame.seq, away);
      else void this.#readMissed(frame.seq, away);
    }
  }

  #takeFrame(frame: RoomFrame): void {
    if (this.#held !== null) {
      this.#held.push(frame);
      return;
    }
    const { small } = frame;
    const first = frame.events[0];
    const after = small?.after ?? (first === undefined ? this.#seq : first.seq - 1);
    // A sum cannot be taken in part: what begins elsewhere than where this page is, is read one by one.
    if (after > this.#seq || (small !== undefined && after < this.#seq && frame.seq > this.#seq)) {
      this.#held = [frame];
      void this.#readMissed(small === undefined ? after : frame.seq, false);
      return;
    }
    this.#apply(frame);
  }

  #apply(frame: RoomFrame): void {
    if (frame.small !== undefined && frame.seq > this.#seq) this.#takeSmall(frame.small);
    for (const event of frame.events) this.#takeEvent(event, true);
    this.#seq = Math.max(this.#seq, frame.seq);
    for (const chat of frame.chat) this.#hearChat(chat);
    const sampled = frame.sampled ?? null;
    if (sampled !== null) this.#sampledUntil = Date.now() + SAMPLED_FOR_MS;
    this.#change({
      likes: Math.max(frame.likes, this.#view.likes),
      viewers: frame.viewers,
      ...(sampled !== null || Date.now() > this.#sampledUntil ? { sampled } : {}),
      smallTogether: Date.now() < this.#togetherUntil,
    });
  }

  /** Small gifts that came together: one row for some time, each kind with its number. */
  #takeSmall({ gifts }: SmallGifts): void {
    const nowMs = Date.now();
    const last = this.#chat.last();
    const goesOn = last?.kind === 'small' && nowMs < this.#togetherSince + TOGETHER_MS;
    const counts = new Map((goesOn ? last.gifts : []).map((gift) => [gift.art, gift]));
    for (const { giftName, art, count, diamonds, receiverUserId } of gifts) {
      counts.set(art, { giftName, art, count: (counts.get(art)?.count ?? 0) + count });
      if (receiverUserId === this.hostId) this.#addToGoal(diamonds);
    }
    const row = (id: string): Row => ({ kind: 'small', id, gifts: [...counts.values()] });
    if (goesOn) this.#chat.put(row(last.id));
    else {
      this.#togetherSince = nowMs;
      this.#push(row(`small-${freshKey()}`));
    }
    this.#togetherUntil = nowMs + SAMPLED_FOR_MS;
  }

  #takeEvent(event: RoomEvent, fresh: boolean): void {
    if (event.seq <= this.#seq) return;
    this.#seq = event.seq;
    if (isGift(event)) {
      this.#takeGift(event);
      if (fresh) for (const listener of [...this.#gifts]) listener(event);
    } else if (event.type === 'guests' || event.type === 'match') {
      this.#change({ together: true });
    } else if (event.type === 'goal') {
      const before = this.#next.goal ?? this.#view.goal;
      const goal = goalFrom(event);
      this.#change({ goal });
      if (fresh && event.reached === true && before !== null && !isReached(before)) {
        this.#note(`The goal “${before.title}” is reached.`);
      }
    } else if (event.type === 'poll' || event.type === 'hype') {
      this.#change({ crowd: true });
    } else if (event.type === 'roomUser') {
      this.#takeSupporters(event.topViewers);
    } else if (event.type === 'shoutOut') {
      this.#takeShoutOut(event, fresh);
    } else if (event.type === 'roomPin') {
      const author = typeof event.author === 'string' ? event.author : null;
      this.#change({ pinned: typeof event.text === 'string' ? { text: event.text, author } : null });
    } else if (event.type === 'chatRemoved') {
      this.#takeDown(event);
    } else if (event.type === 'roomRules' && typeof event.slowSeconds === 'number') {
      this.#change({ slowSeconds: event.slowSeconds });
      if (fresh) this.#note(slowText(event.slowSeconds));
    } else if (event.type === 'roomEffects' && typeof event.effectsCap === 'number') {
      const { effectsCap } = event;
      queryClient.setQueryData(
        stageQuery(this.handle).queryKey,
        (stage) => stage && { ...stage, effectsCap },
      );
    } else if (event.type === 'follow' && fresh && typeof event.nickname === 'string') {
      this.#note(`${event.nickname} followed.`);
    } else if (event.type === 'stage') {
      // A new live begins its own count of who gave most.
      if (event.live === true) this.#change({ supporters: [] });
      this.#stageChanged(event);
    }
  }

  #standingChanged(you: Standing): void {
    const wasBanned = (this.#next.you ?? this.#view.you)?.banned === true;
    this.#change({ you });
    if (wasBanned && !you.banned && !this.#joined) this.#join();
  }

  #takeDown({ lineIds, ofUser }: RoomEvent): void {
    this.#chat.takeDown(Array.isArray(lineIds) ? lineIds.map(String) : [], ofUser);
    this.#change({});
  }

  #takeSupporters(top: unknown): void {
    if (!Array.isArray(top)) return;
    this.#change({
      supporters: (top as readonly TopViewer[]).map(({ user, coinCount }) => ({
        ...shownAs(user),
        coins: Number(coinCount),
      })),
    });
  }

  #takeShoutOut(event: RoomEvent, fresh: boolean): void {
    const thanks: ShoutOut = {
      seq: event.seq,
      host: String(event.nickname),
      to: shownAs(event.toUser as FlatPerson | null),
      giftName: String(event.giftName),
      art: String(event.art),
      count: Number(event.repeatCount),
    };
    this.#push({ kind: 'thanks', id: `thanks-${event.seq}`, ...thanks });
    if (fresh) this.#change({ shoutOut: thanks });
  }

  #takeGift(event: GiftEvent): void {
    const id = `${event.uniqueId}:${event.groupId}`;
    const row: Row = {
      kind: 'gift',
      id,
      handle: event.uniqueId,
      nickname: event.nickname,
      avatar: event.avatar,
      giftName: event.giftName,
      art: event.art,
      tier: event.tier,
      count: event.repeatCount,
      to: event.receiverUserId === this.hostId ? undefined : event.toUser.nickname,
    };
    this.#chat.put(row);
    if (event.deltaCount > 0 && event.receiverUserId === this.hostId) this.#addToGoal(event.diamonds);
    this.#change({});
  }

  #addToGoal(diamonds: string): void {
    const goal = this.#next.goal ?? this.#view.goal;
    if (goal === null || !/^\d+$/.test(diamonds)) return;
    this.#change({ goal: { ...goal, units: (BigInt(goal.units) + BigInt(diamonds)).toString() } });
  }

  #catchUp(events: readonly RoomEvent[], seq: number, away: boolean): void {
    let gifts = 0;
    for (const event of events) {
      if (event.seq > this.#seq && isGift(event)) gifts += event.deltaCount;
      this.#takeEvent(event, false);
    }
    this.#seq = Math.max(this.#seq, seq);
    if (away && gifts > 0) this.#note(awayText(gifts, this.#next.goal ?? this.#view.goal));
    const held = this.#held ?? [];
    this.#held = null;
    for (const frame of held) this.#takeFrame(frame);
    this.#change({});
  }

  /** Reads the events up to `until`; if they cannot be had, starts again from the stage as it is. */
  async #readMissed(until: number, away: boolean): Promise<void> {
    this.#held ??= [];
    try {
      const events: RoomEvent[] = [];
      let after = this.#seq;
      while (after < until && events.length < 2_000) {
        const page = await eventsAfter(this.handle, after);
        events.push(...page.items);
        const last = page.items.at(-1)?.seq ?? until;
        after = Math.max(after + 1, last);
        if (page.items.length === 0 || last >= page.lastSeq) break;
      }
      this.#catchUp(events, until, away);
    } catch (error) {
      if (ApiProblem.of(error).status === 404) return;
      await this.#startAgain();
    }
  }

  async #startAgain(): Promise<void> {
    try {
      const stage = await queryClient.fetchQuery({ ...stageQuery(this.handle), staleTime: 0 });
      this.#change({ goal: stage.goal, live: stage.live, supporters: stage.supporters.map(ranked) });
      this.#catchUp([], stage.seq, false);
    } catch {
      // The line itself will notice; the frames that come next begin from here.
      this.#catchUp([], this.#held?.at(-1)?.seq ?? this.#seq, false);
    }
  }

  #stageChanged(change: { readonly [field: string]: unknown }): void {
    this.#change({
      ...(typeof change.live === 'boolean' ? { live: change.live } : {}),
      ...(typeof change.giftsOn === 'boolean' ? { giftsOn: change.giftsOn } : {}),
      ...(typeof change.giftsOffReason === 'string' ? { giftsOffReason: change.giftsOffReason } : {}),
    });
    void queryClient.invalidateQueries({ queryKey: stageQuery(this.handle).queryKey });
  }

  #hearChat(chat: ChatLine): void {
    if (this.#chat.hear(chatRow(chat))) this.#change({});
  }

  #said(key: string, id: string): void {
    if (!this.#unsaid.delete(key)) return;
    this.#chat.said(key, id);
    this.#change({});
  }

  #markUnsaid(key: string, why: string): void {
    this.#changeRow(key, (row) => (row.kind === 'chat' ? { ...row, state: 'unsent', why } : row));
  }

  #note(text: string): void {
    this.#push({ kind: 'note', id: `note-${this.#seq}-${text}`, text });
  }

  #push(row: Row): void {
    this.#chat.push(row);
    this.#change({});
  }

  #changeRow(id: string, how: (row: Row) => Row): void {
    this.#chat.change(id, how);
    this.#change({});
  }

  #change(change: Partial<RoomView>): void {
    this.#next = { ...this.#next, ...change };
    this.#flush ??= setTimeout(() => this.#flushNow(), this.#flushMs);
  }

  #flushNow(): void {
    clearTimeout(this.#flush);
    this.#flush = undefined;
    this.#view = { ...this.#view, ...this.#next };
    this.#chat.show();
    this.#next = {};
    const beganMs = performance.now();
    for (const watcher of [...this.#watchers]) watcher();
    // What watches draws in this turn, before what is queued here.
    queueMicrotask(() => {
      const tookMs = performance.now() - beganMs;
      this.#flushMs = Math.min(FLUSH_MS_MAX, Math.max(FLUSH_MS, tookMs / FLUSH_SHARE));
    });
  }
}

function slowText(seconds: number): string {
  return seconds === 0 ? 'Slow mode is over.' : `Slow mode: one message every ${seconds} seconds.`;
}

/** "While away: 34 gifts, goal 7,900." */
function awayText(gifts: number, goal: Goal | null): string {
  const many = `${groupDigits(BigInt(gifts))} ${gifts === 1 ? 'gift' : 'gifts'}`;
  const reached = goal === null ? '' : `, goal ${groupDigits(BigInt(goal.units) / 1_000n)}`;
  return `While away: ${many}${reached}.`;
}

/** A person as events name them. */
interface FlatPerson {
  readonly uniqueId: string;
  readonly nickname: string;
  readonly avatar: string;
}

interface TopViewer {
  readonly user: FlatPerson | null;
  readonly coinCount: string;
}

/** Who is in no ranking by name is a supporter. */
function shownAs(person: FlatPerson | null): ShoutOut['to'] {
  if (person === null) return { handle: null, displayName: 'A supporter', avatar: null };
  return { handle: person.uniqueId, displayName: person.nickname, avatar: person.avatar };
}

function isReached({ units, targetUnits }: Goal): boolean {
  return BigInt(units) >= BigInt(targetUnits);
}

function goalFrom({ title, units, targetUnits }: RoomEvent): Goal | null {
  if (typeof units !== 'string' || typeof targetUnits !== 'string') return null;
  return { title: typeof title === 'string' ? title : 'Goal', units, targetUnits };
}

function chatRow(chat: ChatLine): Row {
  const { id, user, text, replyTo } = chat;
  return { kind: 'chat', id, user, text, replyTo, state: 'said' };
}

function ranked({ handle, displayName, avatar, coins }: Supporter): RankedSupporter {
  return { handle, displayName, avatar, coins: Number(typeof coins === 'object' ? coins.units : coins) };
}
