import { limits } from "@/lib/kernel/limits";
import type { Db } from "@/lib/platform/db";
import type { AuditListQuery, MailListQuery } from "./schema";

/** Lists for admins alone: they cross every merchant, so there is no owner to filter by. Guards stand before each page. */
interface Reads {
  readonly db: Db;
}

const SIZE = limits.listRowsPerPage;
const windowOf = (page: number) => ({ skip: (page - 1) * SIZE, take: SIZE + 1 });
const cut = <T>(rows: readonly T[], page: number) => ({ rows: rows.slice(0, SIZE), page, hasMore: rows.length > SIZE });

/** Every mail with what became of it, and how many outbox rows still wait. */
export async function listMails({ db }: Reads, { status, page }: MailListQuery) {
  const [rows, waiting] = await Promise.all([
    db.mail.findMany({ where: status ? { status } : {}, orderBy: { id: "desc" }, ...windowOf(page) }),
    db.outbox.count({ where: { drainedAt: null } }),
  ]);
  const numbers = await orderNumbers(
    db,
    rows.map(({ orderId }) => orderId),
  );
  return {
    ...cut(
      rows.map((row) => ({ ...row, orderNumber: row.orderId ? (numbers.get(row.orderId) ?? null) : null })),
      page,
    ),
    waiting,
  };
}

/** Who changed what, the newest first. */
export async function listAuditEvents({ db }: Reads, { action, page }: AuditListQuery) {
  const rows = await db.auditEvent.findMany({
    where: action ? { action: { startsWith: action } } : {},
    orderBy: { id: "desc" },
    ...windowOf(page),
  });
  const ids = [...new Set(rows.flatMap(({ actorId }) => (actorId ? [actorId] : [])))];
  const users = await db.appUser.findMany({ where: { id: { in: ids } }, select: { id: true, email: true } });
  const emails = new Map(users.map(({ id, email }) => [id, email]));
  return cut(
    rows.map((row) => ({ ...row, actorEmail: row.actorId ? (emails.get(row.actorId) ?? null) : null })),
    page,
  );
}

/** All shops and who can sign in to them; password hashes stay where they are. */
export async function listPeople({ db }: Reads) {
  const [merchants, users] = await Promise.all([
    db.merchant.findMany({ orderBy: { createdAt: "asc" }, take: limits.pickListMax }),
    db.appUser.findMany({
      orderBy: [{ role: "asc" }, { createdAt: "asc" }],
      take: limits.pickListMax,
      select: {
        id: true,
        email: true,
        role: true,
        status: true,
        createdAt: true,
        merchantId: true,
        factor: { select: { confirmedAt: true } },
      },
    }),
  ]);
  return {
    merchants,
    users: users.map(({ factor, ...user }) => ({ ...user, hasFactor: factor?.confirmedAt != null })),
  };
}

async function orderNumbers(db: Db, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const known = [...new Set(ids.filter((id): id is string => id !== null))];
  const orders = await db.order.findMany({ where: { id: { in: known } }, select: { id: true, number: true } });
  return new Map(orders.map(({ id, number }) => [id, number]));
}
