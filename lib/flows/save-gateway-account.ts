import { type DraftTerms, forgetAccounts, readSettings, saveAccount } from "@/lib/features/payments/accounts";
import type { PaymentGateway, SettingsProblem } from "@/lib/features/payments/gateways/port";
import { gatewayOf, isGatewayKind } from "@/lib/features/payments/gateways/registry";
import { type GatewayAccountForm, SETTING } from "@/lib/features/payments/schema";
import { type DraftSettings, draftSettings, problemsByField } from "@/lib/features/payments/settings-form";
import { limits } from "@/lib/kernel/limits";
import { type Currency, isCurrency, parseDecimal } from "@/lib/kernel/money";
import { err, ok, type Result } from "@/lib/kernel/result";
import type { Proven, Viewer } from "@/lib/kernel/viewer";
import { recordAudit } from "@/lib/platform/audit-event";
import { inTransaction, sqlStateOf, type Tx } from "@/lib/platform/db";
import type { Deps } from "@/lib/platform/deps";

type Admin = Extract<Viewer, { kind: "admin" }>;

/** What is wrong with which field, by the form's own names. */
export interface AccountFieldRefusal {
  readonly code: "invalid" | "unreadable";
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * - not_found: there is no such account · account_taken: there is one already · merchant_unknown: there is no such merchant
 * - conflict: somebody has changed it since the form was opened · too_many_accounts: no more than are ever read
 */
export type SaveAccountRefusal =
  | "not_found"
  | "account_taken"
  | "too_many_accounts"
  | "conflict"
  | "merchant_unknown"
  | AccountFieldRefusal;

const invalid = (fields: Readonly<Record<string, string>>) => err({ code: "invalid", fields } as const);

const AMOUNTS = [
  ["amountMin", "amountMinMinor"],
  ["amountMax", "amountMaxMinor"],
  ["dayMax", "dayMaxMinor"],
] as const;

/** Fee and limits in minor units of the account's currency, or the fields that say no amount of it. */
function readTerms(form: GatewayAccountForm, currency: Currency): Result<DraftTerms, AccountFieldRefusal> {
  const wrong: Record<string, string> = {};
  const amounts = { amountMinMinor: null, amountMaxMinor: null, dayMaxMinor: null } as Record<
    "amountMinMinor" | "amountMaxMinor" | "dayMaxMinor",
    bigint | null
  >;
  for (const [field, column] of AMOUNTS) {
    if (form[field] === "") continue;
    const amount = parseDecimal(form[field], currency);
    if (amount.ok && amount.value.amountMinor > 0n) amounts[column] = amount.value.amountMinor;
    else wrong[field] = "amount_malformed";
  }
  const fixed = parseDecimal(form.feeFixed || "0", currency);
  if (!fixed.ok) wrong.feeFixed = "amount_malformed";
  const { amountMinMinor, amountMaxMinor } = amounts;
  if (amountMinMinor !== null && amountMaxMinor !== null && amountMinMinor > amountMaxMinor)
    wrong.amountMax = "amount_order";
  if (!fixed.ok || Object.keys(wrong).length > 0) return invalid(wrong);
  const { isActive, way, weight, feeRate, feeBearer } = form;
  return ok({ isActive, way, weight, feeRate, feeBearer, feeFixedMinor: fixed.value.amountMinor, ...amounts });
}

/** What an account's orders are priced in: its settings say so where its gateway must know, else the form does. */
function currencyOf(gateway: PaymentGateway, form: GatewayAccountForm, settings: Record<string, unknown>) {
  const named = gateway.fields.some(({ name }) => name === "currency") ? settings.currency : form.currency;
  const currency = typeof named === "string" ? named : gateway.currencies[0];
  return isCurrency(currency ?? "") && gateway.currencies.includes(currency as Currency)
    ? (currency as Currency)
    : null;
}

const atSettings = (problems: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(problems).map(([name, code]) => [`${SETTING}${name}`, code]));

/** The gateway's own judgement of its settings, each problem at its field. */
function refuseSettings(
  gateway: PaymentGateway,
  draft: DraftSettings,
  problems: readonly SettingsProblem[],
): Result<never, AccountFieldRefusal> {
  const { "": whole, ...byField } = problemsByField(gateway.fields, problems, draft.settings);
  return err({ code: whole ? "unreadable" : "invalid", fields: atSettings(byField) });
}

interface Known {
  readonly id: string;
  readonly gateway: string;
  readonly merchantId: string | null;
  readonly settings: Uint8Array;
  readonly version: number;
}

/** The row that the form was made from, locked, so that of two who save at once the second one sees the first. */
async function lockAccount(tx: Tx, id: string): Promise<Known | null> {
  await tx.$queryRaw`SELECT 1 FROM gateway_account WHERE id = ${id} FOR UPDATE`;
  return tx.gatewayAccount.findUnique({
    where: { id },
    select: { id: true, gateway: true, merchantId: true, settings: true, version: true },
  });
}

async function record(
  tx: Tx,
  viewer: Admin,
  { form, known, draft }: { form: GatewayAccountForm; known: Known | null; draft: DraftSettings },
): Promise<void> {
  const { id, kind, isActive, way, weight, feeRate, feeBearer, amountMin, amountMax, dayMax } = form;
  await recordAudit(tx, {
    actor: viewer,
    action: known ? "gateway_account.changed" : "gateway_account.created",
    subjectKind: "gateway_account",
    subjectId: id,
    merchantId: known ? known.merchantId : form.merchantId,
    // Names of the fields, never what stands in them: some are keys, and all of them are on the page.
    detail: {
      gateway: known?.gateway ?? kind,
      fields: draft.changed.join(" "),
      isActive,
      way,
      weight,
      feeRate,
      feeBearer,
      amountMin,
      amountMax,
      dayMax,
    },
  });
}

async function save(
  deps: Deps,
  tx: Tx,
  viewer: Admin,
  form: GatewayAccountForm,
): Promise<Result<null, SaveAccountRefusal>> {
  const isNew = form.version === null;
  const known = await lockAccount(tx, form.id);
  if (isNew && known) return err("account_taken");
  if (isNew && (await tx.gatewayAccount.count()) >= limits.gatewayAccountsMax) return err("too_many_accounts");
  if (!isNew && !known) return err("not_found");
  if (known && known.version !== form.version) return err("conflict");
  const kind = known ? known.gateway : form.kind;
  if (!isGatewayKind(kind)) return err("not_found");
  if (isNew && form.merchantId && (await tx.merchant.count({ where: { id: form.merchantId } })) === 0)
    return err("merchant_unknown");
  const gateway = gatewayOf(kind);
  const draft = draftSettings(gateway.fields, form.sent, known ? readSettings(deps, known) : {});
  if (draft.missing.length > 0)
    return invalid(atSettings(Object.fromEntries(draft.missing.map((name) => [name, "secret_again"]))));
  const currency = currencyOf(gateway, form, draft.settings);
  if (!currency) return invalid({ currency: "currency_unsupported", [`${SETTING}currency`]: "currency_unsupported" });
  const terms = readTerms(form, currency);
  if (!terms.ok) return terms;
  const { id, titleZh, titleEn, merchantId } = form;
  const { settings } = draft;
  const words = { titleZh, titleEn, savedAt: new Date(deps.clock.now()) };
  const row = { id, kind, currency, settings, terms: terms.value, isNew, merchantId, ...words };
  const saved = await saveAccount(deps, tx, row);
  if (!saved.ok) return refuseSettings(gateway, draft, saved.error);
  await record(tx, viewer, { form, known, draft });
  return ok(null);
}

/**
 * Saves an account of any kind with its settings encrypted, and its audit event, which holds no setting; settings that the gateway cannot
 * use are refused at their fields and change nothing. An empty secret keeps the one on record, but not for another address. Whoever
 * opened the form before somebody else's change is told. Kind and owner are fixed once there is a row.
 */
export async function saveGatewayAccount(
  deps: Deps,
  viewer: Proven<Admin>,
  form: GatewayAccountForm,
): Promise<Result<null, SaveAccountRefusal>> {
  try {
    const result = await inTransaction<null, SaveAccountRefusal>(deps.db, (tx) => save(deps, tx, viewer, form));
    if (result.ok) forgetAccounts(deps);
    return result;
  } catch (error) {
    // Two made it at once: the unique key knows who was second.
    if (form.version === null && isTaken(error)) return err("account_taken");
    throw error;
  }
}

const isTaken = (error: unknown): boolean =>
  sqlStateOf(error) === "23505" || (error as { code?: unknown } | null)?.code === "P2002";
