import type { Answers } from "@/lib/kernel/buyer-fields";
import { answersAad, type Keys, unwrap, type Wrapped, wrap } from "@/lib/platform/crypto";

/** Seals what a buyer wrote for his order: accounts, sometimes passwords. */
export const sealAnswers = (keys: Pick<Keys, "master">, orderId: string, answers: Answers): Wrapped =>
  wrap(keys, Buffer.from(JSON.stringify(answers)), answersAad(orderId));

/** Opens them for the person who is to act on them. */
export const openAnswers = (keys: Pick<Keys, "masters">, orderId: string, sealed: Uint8Array): Answers =>
  JSON.parse(unwrap(keys, sealed, answersAad(orderId)).toString()) as Answers;
