/** Answers that `src/early.ts` has asked for, by their path. */
export type Early = Map<string, Promise<Response>>;

/** The page's global object, as `src/early.ts` leaves it. */
export const ahead = globalThis as typeof globalThis & { early?: Early };

/** An answer that was asked for before this script was there. It is given once. */
export function early(path: string): Promise<Response> | undefined {
  const found = ahead.early?.get(path);
  ahead.early?.delete(path);
  return found;
}
