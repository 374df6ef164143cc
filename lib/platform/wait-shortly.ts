/** Resolves when all that was begun has ended, or after so long: what is slow goes on, and nobody waits for it. */
export async function waitShortly(begun: readonly Promise<unknown>[], ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.all(begun), enough]);
  clearTimeout(timer);
}
