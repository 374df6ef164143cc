/** Bounds of the lists that pages show. */
export const listLimits = {
  listRowsPerPage: 50,
  listPagesMax: 200,
  inboxFoundMax: 5_000,
  timelineRowsMax: 1_000,
  pickListMax: 500,
} as const;
