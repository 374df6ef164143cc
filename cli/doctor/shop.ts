import { hasAdmin } from "@/lib/features/identity/accounts";
import { findUnknownKeys, WRAPPED_TABLES } from "@/lib/features/keys/wrapped-rows";
import { notifyUrlOf, type OpenAccount, openAccounts } from "@/lib/features/payments/accounts";
import type { CheckFinding } from "@/lib/features/payments/gateways/port";
import { findRefundState } from "@/lib/features/payments/refund-state";
import { transportOf } from "@/lib/features/payments/transport-of";
import type { Deps } from "@/lib/platform/deps";
import { checkMailServer } from "@/lib/platform/mail";
import { mediaStoreOf } from "@/lib/platform/media-store";
import { type Finding, fine, guarded, problem, warning } from "./finding";

const WEAK: Readonly<Record<CheckFinding, string>> = {
  key_weak: "Its key is short or simple: ask the gateway for a new one.",
  key_published: "Its key is one that stands in published examples: anybody can forge its notices. Change it now.",
  notify_url_not_reachable: "The gateway cannot reach this shop's address: set KAPU_URL to the public one.",
  clock_skewed: "Its clock and ours differ by more than a minute: it will refuse our signatures, and we its.",
  credentials_refused: "The gateway refuses its number or key.",
  gateway_silent: "The gateway does not answer.",
};
const GRAVE: ReadonlySet<CheckFinding> = new Set(["key_published", "credentials_refused"]);

async function checkAccount(deps: Deps, account: OpenAccount): Promise<Finding[]> {
  const subject = `gateway ${account.id}`;
  const found = await account.gateway.selfCheck({
    notifyUrl: notifyUrlOf(deps, account),
    transport: transportOf(deps),
  });
  if (found.length === 0) return [fine(subject, "It answers and knows us.")];
  return found.map((name) => (GRAVE.has(name) ? problem : warning)(subject, WEAK[name]));
}

/** Every active account is asked one harmless question. */
export async function checkGateways(deps: Deps): Promise<Finding[]> {
  const accounts = await openAccounts(deps);
  const active = [...accounts.values()].filter(({ isActive }) => isActive);
  const unusable = (await deps.db.gatewayAccount.count()) - accounts.size;
  const findings = await Promise.all(
    active.map((account) => guarded(`gateway ${account.id}`, () => checkAccount(deps, account))),
  );
  if (unusable > 0) {
    findings.push([
      problem("gateways", `${unusable} cannot be used: their settings do not pass their gateway's checks.`),
    ]);
  }
  if (active.length === 0)
    findings.push([problem("gateways", "There is none, so nobody can pay: set KAPU_EPAY_* or add one.")]);
  return findings.flat();
}

/** A mail server is optional; one that is named must answer. */
export async function checkMail(deps: Deps): Promise<Finding[]> {
  if (!deps.env.smtpUrl)
    return [fine("mail", "KAPU_SMTP_URL is not set: no mail is promised, and the outbox shows it.")];
  const failure = await checkMailServer(deps);
  return [
    failure === null
      ? fine("mail", "The mail server takes our letters.")
      : problem("mail", `The mail server does not: ${failure}.`),
  ];
}

/** A bucket that is named must answer, and say of a picture that is not there that it is not. */
export async function checkBucket(deps: Deps): Promise<Finding[]> {
  if (!deps.env.bucket) return [fine("pictures", "They lie in the data folder.")];
  await mediaStoreOf(deps).read(`${"0".repeat(32)}.webp`);
  return [fine("pictures", "The bucket answers.")];
}

/** Every wrapped row must open here, and a rotation that was begun is worth ending. */
export async function checkMasterKeys({ db, keys }: Deps): Promise<Finding[]> {
  const unknown = [...(await findUnknownKeys(db, keys))].map(([id, n]) => `${id} (${n} rows)`);
  if (unknown.length > 0)
    return [problem("keys", `Rows are wrapped by keys that were not given here: ${unknown.join(", ")}.`)];
  let older = 0;
  for (const table of WRAPPED_TABLES)
    for (const { keyId, n } of await table.count(db)) if (keyId !== keys.master.id) older += n;
  if (older > 0) return [warning("keys", `${older} rows are still wrapped by an older key: run kapu rotate-keys.`)];
  return [fine("keys", `Everything is wrapped by ${keys.master.id}.`)];
}

export async function checkPeople(deps: Deps): Promise<Finding[]> {
  if (await hasAdmin(deps)) return [fine("people", "There is an admin.")];
  return [
    warning("people", "There is no admin yet: start the shop and open its setup link, or run kapu create-admin."),
  ];
}

/** Money on its way back to buyers: none should be without an answer for long. */
export async function checkRefunds(deps: Deps): Promise<Finding[]> {
  const { underWay, stuck, failed, oldestMinutes } = await findRefundState(deps);
  if (failed > 0)
    return [
      problem("refunds", `${failed} failed and were not tried again: see the findings, and give that money back.`),
    ];
  if (stuck > 0) {
    const words = `${stuck} have no answer, the oldest for ${oldestMinutes} minutes: does the gateway answer, and is there a process with ROLE=worker?`;
    return [problem("refunds", words)];
  }
  return [fine("refunds", underWay === 0 ? "None is under way." : `${underWay} under way, none for long.`)];
}
