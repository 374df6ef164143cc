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
import { tenancy } from "./invariants/i19-tenancy";
import { idempotency } from "./invariants/i21-idempotency";

/** The invariants that SQL can see. I10, I11, I16–I18, I20 and I22 need a probe from outside. */
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
  tenancy,
  idempotency,
];
