import type { Break } from "./break";
import { BREAKS_OF_CARDS } from "./breaks-of-cards";
import { BREAKS_OF_CHOICES } from "./breaks-of-choices";
import { BREAKS_OF_DISPUTES } from "./breaks-of-disputes";
import { BREAKS_OF_MONEY } from "./breaks-of-money";
import { BREAKS_OF_QUOTAS } from "./breaks-of-quotas";

/** Every break of every invariant. */
export const BREAKS: readonly Break[] = [
  ...BREAKS_OF_CARDS,
  ...BREAKS_OF_MONEY,
  ...BREAKS_OF_DISPUTES,
  ...BREAKS_OF_QUOTAS,
  ...BREAKS_OF_CHOICES,
];
