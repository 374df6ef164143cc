import { keepTimetable } from "@/lib/features/merchants/keep-timetable";
import { limits } from "@/lib/kernel/limits";
import type { Job } from "./job";

/** Opens and closes windows, and publishes what is due, within seconds of the time. */
export const keepTimetableJob: Job = {
  name: "keep-timetable",
  everySeconds: 2,
  timeoutSeconds: 30,
  batch: limits.timetableRowsPerRun,
  run: ({ deps }) => keepTimetable(deps),
};
