import { tellOfGlass } from "@/lib/flows/tell-of-glass";
import type { Job } from "./job";

/** Mails merchants whose cards an admin has opened. */
export const tellOfGlassJob: Job = {
  name: "tell-of-glass",
  everySeconds: 5,
  timeoutSeconds: 60,
  run: ({ deps }) => tellOfGlass(deps),
};
