import type { Env } from "@/lib/platform/env";
import type { WayIn } from "./first-admin";

/**
 * What a person at the terminal needs next. The only secrets in it are the link that works once and the made-up passwords
 * of a demo, which nobody could otherwise enter.
 */
export function greeting(env: Env, { people, setupLink }: WayIn): string {
  const lines = [
    ["Shop", env.publicUrl],
    ["Back office", `${env.publicUrl}/zh/sign-in`],
    ["API", `${env.publicUrl}/api/docs`],
    ...people.map(({ role, email, password }) => [
      role === "admin" ? "Demo admin" : "Demo merchant",
      `${email}  ${password ? password.reveal() : "(password changed)"}`,
    ]),
    ...(setupLink ? [["First admin", `${setupLink.reveal()}  (works once)`]] : []),
  ];
  return ["Kapu 卡铺 is open.", ...lines.map(([name = "", value = ""]) => `  ${name.padEnd(14)} ${value}`), ""].join(
    "\n",
  );
}
