import { z } from "zod";
import { fromPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { idField } from "@/lib/platform/query-fields";
import { CARD_STATES, readCursor, VAULT_MOVES, VAULT_SORTS } from "./rules";

/** An unknown value of a filter reads as no filter: an old link still opens. */
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values).optional().catch(undefined);
const Day = z.iso.date().optional().catch(undefined);

/** What the vault's address asks for. */
export const VaultQuery = z.object({
  state: oneOf(CARD_STATES),
  batch: idField("batch"),
  variant: idField("variant"),
  product: idField("product"),
  merchant: idField("merchant"),
  pool: z.uuid().optional().catch(undefined),
  /** An order's number, whole. */
  q: z.string().trim().max(40).optional().catch(undefined),
  /** Days of the shop's clock between which the card expires, both included. */
  from: Day,
  to: Day,
  sort: z.enum(VAULT_SORTS).catch("new").default("new"),
  after: z
    .string()
    .transform((text) => readCursor(text) ?? undefined)
    .optional()
    .catch(undefined),
});
export type VaultQuery = z.output<typeof VaultQuery>;

const Reason = z.string().trim().min(1, "required").max(limits.vaultReasonMax, "too_long");
const CardId = z.string().transform((text, context) => {
  const id = fromPublicId("card", text);
  if (id.ok) return id.value;
  context.addIssue({ code: "custom", message: "not_found" });
  return z.NEVER;
});

export const RevealCardForm = z.object({ card: CardId, reason: Reason });

/** The merchant of one's own card need not say why. */
export const OwnRevealForm = z.object({ card: CardId });

/** The typed secret is a Secret from the first moment; it comes by POST and goes nowhere but into a fingerprint. */
export const SearchSecretForm = z.object({
  secret: z
    .string()
    .min(1, "required")
    .max(limits.importLineBytesMax)
    .transform((text) => new Secret(text)),
});

/** Cards by name, or all that an address of the vault shows. */
const Target = z.object({
  cards: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => [value ?? []].flat())
    .pipe(z.array(CardId).max(limits.vaultCardsNamed)),
  all: z.enum(["0", "1"]).optional(),
  query: z.string().max(2_000).optional().default(""),
});

/** What an act on the vault is about: named cards, or all that a filter shows. */
export type BulkTarget = { readonly cardIds: readonly string[] } | { readonly query: VaultQuery };

const toTarget = ({ cards, all, query }: z.output<typeof Target>): BulkTarget =>
  all === "1"
    ? { query: VaultQuery.parse(Object.fromEntries(new URLSearchParams(query))) }
    : { cardIds: [...new Set(cards)] };

export const ExportForm = Target.extend({ reason: Reason, format: z.enum(["txt", "jsonl"]).default("txt") }).transform(
  ({ reason, format, ...target }) => ({ reason, format, target: toTarget(target) }),
);

export const VaultMoveForm = Target.extend({
  moveId: z.uuid(),
  kind: z.enum(VAULT_MOVES),
  toPoolId: z.union([z.uuid(), z.literal("").transform(() => undefined)]).optional(),
  reason: Reason,
}).transform(({ moveId, kind, toPoolId, reason, ...target }, context) => {
  if (kind === "transfer" && !toPoolId) context.addIssue({ code: "custom", path: ["toPoolId"], message: "required" });
  return { moveId, kind, toPoolId, reason, target: toTarget(target) };
});

/** The cards that a search found, as the address names them, and why a form without scripts was led back here. */
export const FoundQuery = z.object({
  refused: z
    .string()
    .regex(/^[a-z_]{1,40}$/)
    .optional()
    .catch(undefined),
  found: z
    .string()
    .transform((text) =>
      text
        .split(".")
        .slice(0, limits.vaultFoundMax)
        .flatMap((part) => {
          const id = fromPublicId("card", part);
          return id.ok ? [id.value] : [];
        }),
    )
    .optional()
    .catch(undefined),
});
