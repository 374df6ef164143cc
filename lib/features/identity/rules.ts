import { limits } from "@/lib/kernel/limits";
import { err, ok, type Result } from "@/lib/kernel/result";

export type PasswordProblem = "password_short" | "password_long" | "password_guessable";

/** One spelling per mailbox, as the account is stored. */
export const normalizeEmail = (email: string): string => email.trim().toLowerCase();

/**
 * Accepts a password someone chooses: long enough, not their own address, not one letter or a run of digits over again.
 * Length does the work; no rule about which letters to use.
 */
export function judgePassword(password: string, email: string): Result<null, PasswordProblem> {
  if (password.length > limits.passwordMax) return err("password_long");
  if ([...password].length < limits.passwordMin) return err("password_short");
  const text = password.toLowerCase();
  const [name = ""] = normalizeEmail(email).split("@");
  const isOwnName = text === normalizeEmail(email) || (name.length >= 4 && text.replace(name, "").length < 4);
  const isRun = "01234567890123456789".includes(text) || "qwertyuiopasdfghjklzxcvbnm".includes(text);
  if (new Set(text).size < 4 || isOwnName || isRun || /^password\d*$/.test(text)) return err("password_guessable");
  return ok(null);
}

const BROWSERS = [
  ["Edg/", "Edge"],
  ["MicroMessenger", "WeChat"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const;

/** "Chrome · Android" out of what a browser says of itself, to tell one's devices apart; null when it says neither. */
export function deviceName(userAgent: string): string | null {
  const nameIn = (names: readonly (readonly [string, string])[]) =>
    names.find(([mark]) => userAgent.includes(mark))?.[1];
  return [nameIn(BROWSERS), nameIn(SYSTEMS)].filter(Boolean).join(" · ") || null;
}
