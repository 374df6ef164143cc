// Loaded into a shop's process by `node --import`: its clock is wrong by so many milliseconds, and nothing else is.
import process from "node:process";

const shiftMs = Number(process.env.KAPU_CHAOS_CLOCK_MS ?? 0);
const TrueDate = Date;
const now = () => TrueDate.now() + shiftMs;

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new TrueDate(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
