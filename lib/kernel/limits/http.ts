/** Bounds of requests, connections and pages. */
export const httpLimits = {
  requestBodyBytesMax: 1024 * 1024,
  notificationBodyBytesMax: 64 * 1024,
  noticeFieldsMax: 64,
  noticeValueLettersMax: 4_096,
  requestHeaderTimeoutMs: 15_000,
  requestBodyTimeoutMs: 15_000,
  // How often connections are looked at for having passed a time limit.
  connectionCheckMs: 5_000,
  // What is read and thrown away of a body that is too large, so that its sender can hear so.
  discardedBodyBytesMax: 64 * 1024 * 1024,
  // A whole request, an upload of cards included.
  requestTimeoutMs: 3_600_000,
  keepAliveMs: 65_000,
  connectionsMax: 20_000,
  problemFieldsMax: 20,
  // Requests that wait inside the process of the pages; more wait in front of it.
  pagesInFlight: 256,
  pagesRestartMs: 1_000,
  pageRendersInFlight: 16,
  pageRenderTimeoutMs: 20_000,
  pageVersionReadMs: 1_000,
  readinessTimeoutMs: 2_000,
  figuresAgeMs: 15_000,
  figuresTimeoutMs: 5_000,
  pageCacheEntriesMax: 500,
  pageCacheBytesPerEntryMax: 512 * 1024,
  // What no version tells, for instance a gateway account that was switched off, shows after this long at most.
  pageCacheAgeMs: 60_000,
  stopGraceMs: 10_000,

  // Forms
  checkoutsPerAddressPerMinute: 600,
  formsPerAddressPerMinute: 120,
  cardSearchesPerAddressPerMinute: 600,
} as const;
