import type { FindingKind, RemedyName } from "@/lib/features/reconciliation/kinds";
import type { Input, RemediedShop } from "./remedied-shop";

/** A difference that was made, and how it should end. */
export interface Made {
  /** The order, or whatever else the finding is about. */
  readonly about: string;
  readonly input?: Input;
  readonly outcome: string;
  /** What goes on by itself behind the remedy, or what a person does beside it. */
  readonly after?: () => Promise<unknown>;
  /** A remedy that only keeps the harm small leaves the finding open until the cause is mended. */
  readonly mend?: () => Promise<unknown>;
  readonly ends?: "accepted";
}

export interface Case {
  readonly kind: FindingKind;
  readonly remedy: RemedyName;
  readonly what: string;
  readonly make: (shop: RemediedShop) => Promise<Made>;
}

export const many = (kind: FindingKind, what: string, remedies: Partial<Record<RemedyName, Case["make"]>>): Case[] =>
  Object.entries(remedies).map(([remedy, make]) => ({ kind, what, remedy: remedy as RemedyName, make }));
