const registry = Symbol.for("kapu.singletons");
type Registry = Map<string, unknown>;
type GlobalWithRegistry = typeof globalThis & { [registry]?: Registry };

function entries(): Registry {
  const scope = globalThis as GlobalWithRegistry;
  scope[registry] ??= new Map();
  return scope[registry];
}

/**
 * One value per process and name, made at first use. Next bundles its own copy of every module, so a module variable would
 * exist twice in the one process that runs both lanes; `globalThis` exists once.
 */
export function singleton<T>(name: string, make: () => T): T {
  const known = entries();
  if (!known.has(name)) known.set(name, make());
  return known.get(name) as T;
}

/** Puts a value in place before anyone asked for it; the process's entry point calls this with what it has started. */
export function provideSingleton<T>(name: string, value: T): void {
  entries().set(name, value);
}
