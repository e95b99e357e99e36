import type { EngineRefusalReason, EngineStats, Negotiated, RoomVideo } from '../engine.ts';
import type { HlsPiece } from './hls-maker.ts';
import type { RoomRules } from './room.ts';

/** What the server and its video process say to each other. */

export interface VideoSettings extends RoomRules {
  /** The UDP port of all video; another free one is taken instead where `portFixed` is false. */
  readonly port: number;
  readonly portFixed: boolean;
  readonly bind: string;
  /** The addresses that peers are told; empty = those of `bind`. */
  readonly announce: readonly string[];
  readonly viewersMax: number;
  readonly publishersMax: number;
}

export type Order =
  | { readonly do: 'open'; readonly settings: VideoSettings }
  | { readonly do: 'publish' | 'play'; readonly room: string; readonly offer: string }
  | { readonly do: 'close'; readonly session: string }
  | { readonly do: 'closeRoom'; readonly room: string }
  | { readonly do: 'hls'; readonly room: string; readonly wanted: boolean }
  | { readonly do: 'stats' };

export interface Asked {
  readonly number: number;
  readonly order: Order;
}

export type Reply =
  | { readonly number: number; readonly done: Negotiated | EngineStats | number | null }
  | { readonly number: number; readonly refused: EngineRefusalReason; readonly detail: string };

export type Told =
  | Reply
  | { readonly changed: string; readonly video: RoomVideo }
  | { readonly closed: string }
  | { readonly hls: string; readonly piece: HlsPiece | null };
