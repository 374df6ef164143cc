/** Expected refusals are values; bugs and broken infrastructure throw. */
export type Ok<T> = { readonly ok: true; readonly value: T };
export type Err<E> = { readonly ok: false; readonly error: E };
export type Result<T, E> = Ok<T> | Err<E>;

/** Wraps a value that was obtained. */
export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });

/** Wraps the name of a refusal; always a literal, so the compiler lists what a caller must answer. */
export const err = <const E>(error: E): Err<E> => ({ ok: false, error });
