import { ApiError } from '../api/client.ts';

/** The first wait after a failure, in ms. It doubles with every further failure, up to the longest. */
const WAIT = 1000;
export const LONGEST_WAIT = 60_000;

/** How long to wait before the next try, in ms. `null`: the answer would be the same. */
export function waitAfter(error: unknown, tries: number): number | null {
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
  // Without an answer, the network may come back. Of the server's failures, those that pass have these numbers.
  const passes = error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
  return passes ? Math.max(asked, Math.min(LONGEST_WAIT, WAIT * 2 ** (tries - 1))) : null;
}
