import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { newId } from '../core/ids.ts';

const TAP_MS = 280;
const ANSWER_MS = 5_000;
const LOOK_AGAIN_MS = 50;

interface Frame {
  readonly t: string;
  readonly key?: string;
  readonly coins?: { readonly units: string };
}

/** One of the crowd: signs in, keeps one socket at one stage, and acts through the public API alone. */
export class CrowdMember {
  readonly #origin: string;
  readonly #handle: string;
  #cookie = '';
  #stage = '';
  #stageId = '';
  #coins = 0;
  #socket: WebSocket | undefined;
  readonly #answers = new Map<string, (frame: Frame) => void>();

  constructor(origin: string, handle: string) {
    this.#origin = origin;
    this.#handle = handle;
  }

  /** Signs in and joins a creator's stage; tries again until it is let in. */
  async enter(stage: string): Promise<void> {
    this.#stage = stage;
    await this.#connect().catch(() => {});
  }

  async say(text: string): Promise<void> {
    await this.#ask({ t: 'chat', key: newId(), stage: this.#stage, text });
  }

  async like(count: number): Promise<void> {
    (await this.#open()).send(JSON.stringify({ t: 'like', stage: this.#stage, count }));
  }

  canPay(coins: number): boolean {
    return this.#coins >= coins;
  }

  async give(giftId: string): Promise<void> {
    await this.#ask({ t: 'gift', key: newId(), stageId: this.#stageId, giftId, quantity: 1 });
  }

  /** Taps `times` times, each tap saying how many there were so far, as the web app does. */
  async giveStreak(giftId: string, times: number): Promise<void> {
    const streakId = newId();
    for (let count = 1; count <= times; count++) {
      await this.#ask({
        t: 'gift',
        key: `${streakId}:${count}`,
        stageId: this.#stageId,
        giftId,
        quantity: 1,
        streakId,
        count,
      });
      await sleep(TAP_MS);
    }
  }

  /** Gives `count` of a small gift in one go, as a streak that was tapped while the line was slow. */
  async giveStreakAtOnce(giftId: string, count: number): Promise<void> {
    const streakId = newId();
    await this.#ask({
      t: 'gift',
      key: `${streakId}:${count}`,
      stageId: this.#stageId,
      giftId,
      quantity: 1,
      streakId,
      count,
    });
  }

  /** Leaves the stage. */
  leave(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Buys Coins through the sandbox checkout, as a person would: order, hosted page, pay. */
  async topUp(coins: number): Promise<void> {
    const made = await this.#fetch('/v1/orders', {
      method: 'POST',
      headers: { 'idempotency-key': newId() },
      body: JSON.stringify({ item: { kind: 'exact', coins: String(coins) } }),
    });
    const { order } = (await made.json()) as { order: { id: string; checkoutUrl: string } };
    await fetch(new URL(order.checkoutUrl, this.#origin), {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: this.#origin },
      body: new URLSearchParams({ do: 'pay', card: '4242424242424242' }),
    });
    const until = Date.now() + ANSWER_MS;
    for (let state = 'awaiting_payment'; state === 'awaiting_payment' && Date.now() < until; ) {
      const looked = await this.#fetch(`/v1/orders/${order.id}`, { method: 'GET' });
      ({ state } = ((await looked.json()) as { order: { state: string } }).order);
      if (state === 'awaiting_payment') await sleep(LOOK_AGAIN_MS);
    }
    await this.#readWallet();
  }

  async #ask(frame: {
    readonly t: string;
    readonly key: string;
    readonly [field: string]: unknown;
  }): Promise<void> {
    const socket = await this.#open();
    const answered = new Promise<Frame>((resolve, reject) => {
      const late = setTimeout(() => {
        this.#answers.delete(frame.key);
        reject(new Error('no answer'));
      }, ANSWER_MS);
      this.#answers.set(frame.key, (answer) => {
        clearTimeout(late);
        this.#answers.delete(frame.key);
        resolve(answer);
      });
    });
    socket.send(JSON.stringify(frame));
    const answer = await answered;
    if (answer.coins !== undefined) this.#coins = Number(answer.coins.units);
    if (answer.t === 'refused') throw new Error('refused');
  }

  async #open(): Promise<WebSocket> {
    if (this.#socket?.readyState !== WebSocket.OPEN) await this.#connect();
    if (this.#socket === undefined) throw new Error('not connected');
    return this.#socket;
  }

  /** Signs in as one of the town, unless that still holds. */
  async signIn(): Promise<void> {
    if (this.#cookie !== '' && (await this.#isSignedIn())) return;
    await this.#fetch('/v1/demo/sign-in', { method: 'POST', body: JSON.stringify({ handle: this.#handle }) });
    await this.#readWallet();
  }

  /** Whether the session of before still holds; reads the wallet to know. */
  #isSignedIn(): Promise<boolean> {
    return this.#readWallet().then(
      () => true,
      () => false,
    );
  }

  /** Sends any request of the public API. */
  async post(path: string, body: unknown): Promise<void> {
    await this.#fetch(path, { method: 'POST', body: JSON.stringify(body) });
  }

  async #connect(): Promise<void> {
    await this.signIn();
    const shown = await this.#fetch(`/v1/stages/${this.#stage}`, { method: 'GET' });
    this.#stageId = ((await shown.json()) as { stage: { id: string } }).stage.id;
    const ticketed = await this.#fetch('/v1/socket-tickets', { method: 'POST', body: '{}' });
    const { ticket } = (await ticketed.json()) as { ticket: string };
    const address = `${this.#origin.replace(/^http/, 'ws')}/v1/socket?ticket=${encodeURIComponent(ticket)}`;
    const socket = new WebSocket(address, { origin: this.#origin });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed')));
    });
    socket.on('error', () => socket.terminate());
    socket.on('message', (data) => this.#hear(String(data)));
    socket.send(JSON.stringify({ t: 'join', stage: this.#stage }));
    this.#socket = socket;
  }

  #hear(text: string): void {
    const frame = JSON.parse(text) as Frame;
    if (frame.t === 'wallet' && frame.coins !== undefined) this.#coins = Number(frame.coins.units);
    if (frame.key !== undefined) this.#answers.get(frame.key)?.(frame);
  }

  async #readWallet(): Promise<void> {
    const read = await this.#fetch('/v1/me/wallet', { method: 'GET' });
    this.#coins = Number(((await read.json()) as { coins: { units: string } }).coins.units);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const answer = await fetch(this.#origin + path, {
      ...init,
      signal: AbortSignal.timeout(ANSWER_MS),
      headers: {
        origin: this.#origin,
        cookie: this.#cookie,
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    const given = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    if (given.length > 0) this.#cookie = given.join('; ');
    return answer;
  }
}
