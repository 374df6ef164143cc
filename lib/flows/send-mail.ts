import { randomBytes } from "node:crypto";
import { findMailedDispute } from "@/lib/features/disputes/mails";
import { countEscalated } from "@/lib/features/disputes/queries";
import { writeCloseLetter, writeDriftLetter } from "@/lib/features/notifications/close-letter";
import {
  isDisputeMail,
  writeAdminsDisputeLetter,
  writeDisputeLetter,
  writeMerchantsDisputeLetter,
} from "@/lib/features/notifications/dispute-letters";
import { type MailKind, writeAlert, writeLetter } from "@/lib/features/notifications/letters";
import { isRefundMail, type RefundFacts, writeRefundLetter } from "@/lib/features/notifications/refund-letters";
import { writeRestockLetter, writeStockLetter } from "@/lib/features/notifications/stock-letters";
import { writeWalletLetter } from "@/lib/features/notifications/wallet-letter";
import { findChosen } from "@/lib/features/previews/store";
import { findDue } from "@/lib/features/promises/store";
import { listBrokenPromises } from "@/lib/features/reconciliation/broken-promises";
import { addMerchants, currenciesOf, figureOf } from "@/lib/features/reports/rules";
import { readCorrectionsIn, readFrozen } from "@/lib/features/reports/store";
import { endToken, findRestocked } from "@/lib/features/stock-alerts/restock";
import { listLow } from "@/lib/features/stock-alerts/warnings";
import { formatDate, formatMinor } from "@/lib/i18n/format";
import { assert } from "@/lib/kernel/assert";
import { toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";
import { sha256 } from "@/lib/platform/crypto";
import type { Deps } from "@/lib/platform/deps";
import { sendLetter } from "@/lib/platform/mail";
import { walletLink } from "./open-wallet";

/** A link that opens the order once; the token stands in the fragment, which no server and no log ever sees. */
async function mintLink(deps: Deps, orderId: string, locale: string): Promise<string> {
  const token = randomBytes(32).toString("base64url");
  await deps.db.$executeRaw`
    INSERT INTO order_link (token_hash, order_id, expires_at)
    VALUES (${sha256(token)}, ${orderId}::uuid, now() + make_interval(mins => ${limits.orderLinkMinutes}::int))`;
  return `${deps.env.publicUrl}/${locale}/orders/link#${token}`;
}

interface BuyersMail {
  readonly kind: string;
  readonly locale: string;
  readonly orderId: string;
  readonly refundId: string | null;
  readonly disputeId: string | null;
}

/** What a buyer is told of a refund. `isWhole`: it is all of the payment that settled the order, or of the only one there is. */
async function readRefundFacts(deps: Deps, refundId: string, locale: "zh" | "en"): Promise<RefundFacts> {
  const [row] = await deps.db.$queryRaw<
    (Omit<RefundFacts, "amount" | "account"> & Record<"currency" | "titleZh" | "titleEn", string> & { minor: bigint })[]
  >`
    SELECT r.refund_no AS "refundNo", r.method, r.outside_reference AS "outsideReference", r.amount_minor AS minor, p.currency,
           g.title_zh AS "titleZh", g.title_en AS "titleEn",
           (o.settled_payment_id = p.id OR (o.settled_payment_id IS NULL AND o.payment_count = 1))
             AND p.amount_minor = (SELECT sum(amount_minor) FROM refund WHERE payment_id = p.id AND (status <> 'failed' OR id = r.id)) AS "isWhole"
      FROM refund r JOIN payment p ON p.id = r.payment_id JOIN orders o ON o.id = r.order_id JOIN gateway_account g ON g.id = p.account_id
     WHERE r.id = ${refundId}::uuid`;
  assert(row, "a mail about a refund leads to one");
  const { minor, currency, titleZh, titleEn, ...rest } = row;
  const account = locale === "zh" ? titleZh : titleEn;
  return { ...rest, account, amount: formatMinor(minor.toString(), currency, locale) };
}

/** Written when it is sent: whoever reads it late reads how it stands. */
async function writeAboutDispute(deps: Deps, mail: BuyersMail, link: string | null) {
  assert(mail.disputeId, "a mail about a dispute names it");
  const dispute = await findMailedDispute(deps.db, mail.disputeId);
  assert(dispute, "disputes are never deleted");
  const locale = mail.locale === "en" ? "en" : "zh";
  const turn = mail.kind === "dispute_answered" ? "waiting_buyer" : "waiting_merchant";
  const due = dispute.dueAt && dispute.status === turn ? formatDate(dispute.dueAt, locale) : null;
  if (link === null || !isDisputeMail(mail.kind))
    return writeMerchantsDisputeLetter({
      orderNumber: dispute.orderNumber,
      due,
      isWithPlatform: dispute.status === "escalated",
      link: `${deps.env.publicUrl}/zh/merchant/disputes/${toPublicId("dispute", dispute.id)}`,
    });
  const { amountMinor, currency } = dispute;
  const amount = amountMinor !== null && currency ? formatMinor(amountMinor.toString(), currency, locale) : null;
  const facts = { ...dispute, due, amount, reopenDays: limits.disputeReopenDays };
  return writeDisputeLetter(mail.kind, locale, { ...facts, link, linkMinutes: limits.orderLinkMinutes });
}

async function writeToBuyer(deps: Deps, mail: BuyersMail): Promise<{ subject: string; text: string }> {
  const order = await deps.db.order.findUniqueOrThrow({ where: { id: mail.orderId }, select: { number: true } });
  const locale = mail.locale === "en" ? "en" : "zh";
  const link = await mintLink(deps, mail.orderId, locale);
  if (isDisputeMail(mail.kind)) return writeAboutDispute(deps, mail, link);
  if (isRefundMail(mail.kind)) {
    assert(mail.refundId, "a mail about a refund names it");
    const refund = await readRefundFacts(deps, mail.refundId, locale);
    const facts = { orderNumber: order.number, link, linkMinutes: limits.orderLinkMinutes, refund };
    return writeRefundLetter(mail.kind, locale, facts);
  }
  const due = mail.kind === "order_owed" ? await findDue(deps.db, mail.orderId) : null;
  const chosen = mail.kind === "order_owed" ? await findChosen(deps.db, mail.orderId) : null;
  return writeLetter({
    kind: mail.kind as MailKind,
    locale,
    orderNumber: order.number,
    link,
    linkMinutes: limits.orderLinkMinutes,
    ...(due && { promisedBy: formatDate(due.dueAt, locale) }),
    ...(chosen && chosen.waivedAt === null && { chosen: chosen.preview }),
  });
}

/** Written when it is sent: one letter tells of all that wait by then. */
async function writeOfDisputes(deps: Deps) {
  return writeAdminsDisputeLetter({
    ...(await countEscalated(deps)),
    link: `${deps.env.publicUrl}/zh/admin/disputes`,
  });
}

type Mail = Omit<BuyersMail, "orderId"> &
  Readonly<Record<"orderId" | "stockMerchantId" | "restockId", string | null>> & {
    readonly recipient: string;
    readonly closeDay: Date | null;
  };

/** To whoever reads the mail of an address: it names no amount, and opens the wallet once. */
const writeToOwner = async (deps: Deps, { recipient, locale }: { recipient: string; locale: string }) => {
  const language = locale === "en" ? "en" : "zh";
  return writeWalletLetter(language, await walletLink(deps, recipient, language), limits.walletLinkMinutes);
};

/** Written when it is sent, so that it tells of everything that is broken by then. */
async function writeToAdmin(deps: Deps): Promise<{ subject: string; text: string }> {
  return writeAlert(await listBrokenPromises(deps), `${deps.env.publicUrl}/zh/admin/proof`);
}

/** Written when it is sent, too: what was filled up since then is not in it. */
const writeAboutStock = async (deps: Deps, merchantId: string) =>
  writeStockLetter(await listLow(deps.db, merchantId), `${deps.env.publicUrl}/zh/merchant/stock`);

/** Its link that ends such mails is made of the request's id, and stored nowhere. */
async function writeAboutRestock(deps: Deps, restockId: string, locale: "zh" | "en") {
  const found = await findRestocked(deps.db, restockId);
  assert(found, "a mail about a restock leads to a request");
  const site = `${deps.env.publicUrl}/${locale}`;
  return writeRestockLetter(locale, {
    title: locale === "zh" ? found.titleZh : found.titleEn,
    link: `${site}/products/${found.productSlug}`,
    endLink: `${site}/restock/end#${endToken(deps.keys, restockId)}`,
  });
}

/** The frozen figures of a day: however late it is sent, it says the same. */
async function writeAboutClose(deps: Deps, day: string, locale: "zh" | "en") {
  const [frozen, corrections] = await Promise.all([readFrozen(deps.db, day), readCorrectionsIn(deps.db, day)]);
  const figures = addMerchants(frozen);
  const money = (name: string, currency: string) => {
    const { quantity, amountMinor } = figureOf(figures, name, currency);
    return { quantity: Number(quantity), amount: formatMinor(amountMinor.toString(), currency, locale) };
  };
  const of = (name: string) => figures.filter((figure) => figure.name === name);
  const count = (name: string) => of(name).reduce((sum, { quantity }) => sum + Number(quantity), 0);
  return writeCloseLetter(locale, {
    day,
    link: `${deps.env.publicUrl}/${locale}/admin/reports/${day}`,
    currencies: currenciesOf(figures).map((currency) => ({
      currency,
      sold: money("sold", currency),
      received: money("received", currency),
      delivered: money("delivered", currency),
      refunded: money("refunded", currency),
      owed: money("owed", currency),
    })),
    findings: { opened: count("finding_opened"), closed: count("finding_closed"), open: count("finding_open") },
    corrections: corrections.length,
  });
}

function write(deps: Deps, mail: Mail): Promise<{ subject: string; text: string }> {
  if (mail.closeDay)
    return writeAboutClose(deps, mail.closeDay.toISOString().slice(0, 10), mail.locale === "en" ? "en" : "zh");
  if (mail.kind === "cache_drift") return Promise.resolve(writeDriftLetter(`${deps.env.publicUrl}/zh/admin/caches`));
  if (mail.stockMerchantId) return writeAboutStock(deps, mail.stockMerchantId);
  if (mail.restockId) return writeAboutRestock(deps, mail.restockId, mail.locale === "en" ? "en" : "zh");
  if (mail.kind === "wallet_link") return writeToOwner(deps, mail);
  if (mail.orderId) return writeToBuyer(deps, { ...mail, orderId: mail.orderId });
  if (mail.kind === "dispute_for_admin") return writeOfDisputes(deps);
  return mail.disputeId ? writeAboutDispute(deps, { ...mail, orderId: "" }, null) : writeToAdmin(deps);
}

/**
 * Sends one queued mail at least once: a mail that is sent already is left alone, a failure is recorded and thrown for the
 * job to try again. The link in it is new each time and works once.
 */
export async function sendMail(
  deps: Deps,
  { mailId }: { mailId: string },
): Promise<Result<null, "not_found" | "given_up">> {
  const mail = await deps.db.mail.findUnique({ where: { id: mailId } });
  if (!mail) return err("not_found");
  if (mail.status === "sent") return ok(null);
  if (mail.attempts >= limits.mailAttemptsMax) return err("given_up");
  const letter = await write(deps, mail);
  await deps.db.mail.update({ where: { id: mailId }, data: { attempts: { increment: 1 } } });
  try {
    await sendLetter(deps, { ...letter, to: mail.recipient, messageId: `<${mailId}@kapu>` });
  } catch (error) {
    const isLast = mail.attempts + 1 >= limits.mailAttemptsMax;
    const lastError = (error instanceof Error ? error.message : String(error)).slice(0, 300);
    await deps.db.mail.update({ where: { id: mailId }, data: { lastError, status: isLast ? "failed" : "queued" } });
    throw error;
  }
  await deps.db
    .$executeRaw`UPDATE mail SET status = 'sent', sent_at = now(), last_error = NULL WHERE id = ${mailId}::uuid`;
  return ok(null);
}
