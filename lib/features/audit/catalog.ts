import type { Invariant } from "./invariant";
import { unique } from "./invariants/i01-unique";
import { complete } from "./invariants/i02-complete";
import { paid } from "./invariants/i03-paid";
import { conservation } from "./invariants/i04-conservation";
import { agreement } from "./invariants/i05-agreement";
import { machine } from "./invariants/i06-machine";
import { nothingLost } from "./invariants/i07-nothing-lost";
import { paymentIdentity } from "./invariants/i08-payment-identity";
import { money } from "./invariants/i09-money";
import { outbox } from "./invariants/i12-outbox";
import { noFalseSoldOut } from "./invariants/i13-no-false-sold-out";
import { imported } from "./invariants/i14-import";
import { time } from "./invariants/i15-time";
import { recorded } from "./invariants/i17-recorded";
import { tenancy } from "./invariants/i19-tenancy";
import { idempotency } from "./invariants/i21-idempotency";
import { wallet } from "./invariants/i23-wallet";
import { replacement } from "./invariants/i24-replacement";
import { pools } from "./invariants/i25-pools";
import { dispute } from "./invariants/i26-dispute";
import { quota } from "./invariants/i27-quota";
import { chosen } from "./invariants/i28-chosen";

/** The invariants that SQL can see. The others are in `OUT_OF_SIGHT`. */
export const INVARIANTS: readonly Invariant[] = [
  unique,
  complete,
  paid,
  conservation,
  agreement,
  machine,
  nothingLost,
  paymentIdentity,
  money,
  outbox,
  noFalseSoldOut,
  imported,
  time,
  recorded,
  tenancy,
  idempotency,
  wallet,
  replacement,
  pools,
  dispute,
  quota,
  chosen,
];

/** A promise that no query can judge: what judges it instead, by name. */
export interface OutOfSight {
  readonly id: string;
  readonly name: string;
  readonly kind: "safety";
  readonly sentence: { readonly zh: string; readonly en: string };
  /** `probe`: judged by `kapu audit --deep` and once a day; `harness`: judged before a release, by these tests. */
  readonly by: "probe" | "harness";
  readonly tests: readonly string[];
  /** What these do not show yet. */
  readonly gap?: { readonly zh: string; readonly en: string };
}

/** I10, I11, I16, I18, I20, I22: a query over rows cannot see a crash, a log, a key, another machine or another version. */
export const OUT_OF_SIGHT: readonly OutOfSight[] = [
  {
    id: "I10",
    name: "durability",
    kind: "safety",
    sentence: {
      zh: "告诉过客户“成功”的，断电、被杀、重启之后都还在。",
      en: "Whatever a client was told succeeded is there after a crash and a restart.",
    },
    by: "harness",
    tests: ["tests/simulation/chaos.test.ts", "tests/integration/api/flash-sale.test.ts"],
  },
  {
    id: "I11",
    name: "stable_view",
    kind: "safety",
    sentence: {
      zh: "一个订单看到过的卡密永远不变，除非补发有记录。",
      en: "What an order revealed never changes, unless a replacement is on record.",
    },
    by: "harness",
    tests: ["tests/simulation/chaos.test.ts", "tests/integration/api/access.test.ts"],
  },
  {
    id: "I16",
    name: "secrecy",
    kind: "safety",
    sentence: {
      zh: "卡密的明文不出现在日志、指标、Redis、别人的页面、报错或数据库备份里。",
      en: "The text of a card appears in no log, metric, Redis dump, page of another buyer, error or plain database dump.",
    },
    by: "harness",
    tests: ["tests/simulation/chaos.test.ts", "tests/integration/inventory/database-guards.test.ts"],
  },
  {
    id: "I18",
    name: "crypto",
    kind: "safety",
    sentence: {
      zh: "抽查的每条密文只在自己的位置上打得开，换到别的卡、别的批次都打不开。",
      en: "Every sampled ciphertext opens in its own row, and in no other row that was tried.",
    },
    by: "probe",
    tests: ["tests/integration/audit/deep-probe.test.ts"],
  },
  {
    id: "I20",
    name: "redis_free",
    kind: "safety",
    sentence: {
      zh: "没有 Redis、Redis 被清空、停掉或撒谎时，以上各条照样成立。",
      en: "All of this holds with Redis absent, flushed, stopped or lying.",
    },
    by: "harness",
    tests: ["tests/simulation/chaos.test.ts"],
  },
  {
    id: "I22",
    name: "migration",
    kind: "safety",
    sentence: {
      zh: "每一步迁移前后，新旧两版程序都守住以上各条。",
      en: "Before and after each migration step, old and new code both keep the rest.",
    },
    by: "harness",
    tests: ["tests/integration/platform/migrate.test.ts"],
    gap: {
      zh: "新旧两版程序同时跑在迁移中的库上，还没有演练过",
      en: "old and new code side by side on a database in mid-migration is not played yet",
    },
  },
];

/** The number of an invariant, by which a list of all of them is sorted. */
export const orderOf = ({ id }: { readonly id: string }): number => Number(id.slice(1));
