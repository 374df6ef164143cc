/** Runs tasks of one key one after another, and tasks of different keys side by side. */
export interface WaitingLine {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

/** An empty waiting line. It holds what its callers hold: bound the number of callers, not the line. */
export function createLine(): WaitingLine {
  const last = new Map<string, Promise<unknown>>();
  return {
    async run(key, task) {
      const before = last.get(key) ?? Promise.resolve();
      const mine = before.then(task, task);
      last.set(key, mine);
      try {
        return await mine;
      } finally {
        if (last.get(key) === mine) last.delete(key);
      }
    },
  };
}
