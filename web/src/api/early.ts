/** Answers that `src/early.ts` has asked for, by their path. */
export type Early = Map<string, Promise<Response>>;

declare global {
  interface Window {
    early?: Early;
  }
}

/** An answer that was asked for before this script was there. It is given once. */
export function early(path: string): Promise<Response> | undefined {
  const found = window.early?.get(path);
  window.early?.delete(path);
  return found;
}
