import type { Uuid } from '../core/ids.ts';
import type { House } from '../house.ts';
import type { Approval } from './rules.ts';

/** What an operator says about something that another one asked for. */
export interface Decision {
  readonly approvalId: Uuid;
  readonly by: Uuid;
  readonly verdict: 'approved' | 'rejected';
  /** The hash of what the operator saw. */
  readonly bodyHash: Buffer;
  /** A rejection has one. */
  readonly reason: string | null;
}

/** One kind of thing that takes two operators: what it is called, where it is looked at, and what deciding does. */
export interface ApprovalKind {
  readonly kind: string;
  /** `A rate`. */
  readonly title: string;
  /** The page of the console that shows what it is about. */
  readonly page: (approval: Approval) => string;
  /** Decides it and does what was asked for, in one commit. */
  readonly decide: (house: House, approval: Approval, decision: Decision) => Promise<unknown>;
}

const kinds = new Map<string, ApprovalKind>();

/** Says what a kind of approval is, so that all of them are decided in one place. */
export function defineApprovalKind(kind: ApprovalKind): void {
  kinds.set(kind.kind, kind);
}

export function approvalKind(kind: string): ApprovalKind | undefined {
  return kinds.get(kind);
}
