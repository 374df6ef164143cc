import type { Break } from "./break";
import { BREAKS_OF_CARDS } from "./breaks-of-cards";
import { BREAKS_OF_DISPUTES } from "./breaks-of-disputes";
import { BREAKS_OF_MONEY } from "./breaks-of-money";

/** Every break of every invariant. */
export const BREAKS: readonly Break[] = [...BREAKS_OF_CARDS, ...BREAKS_OF_MONEY, ...BREAKS_OF_DISPUTES];
