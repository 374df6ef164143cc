export type Verdict = "ok" | "warning" | "problem";

/** What the doctor has to say about one thing: one sentence, which for a problem also says what to do. */
export interface Finding {
  readonly subject: string;
  readonly verdict: Verdict;
  readonly sentence: string;
}

const say =
  (verdict: Verdict) =>
  (subject: string, sentence: string): Finding => ({ subject, verdict, sentence });

export const fine = say("ok");
export const warning = say("warning");
export const problem = say("problem");

/** Turns a check that throws into a problem, so that the others are still made. */
export async function guarded(subject: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    const message = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    return [problem(subject, `${message}`)];
  }
}
