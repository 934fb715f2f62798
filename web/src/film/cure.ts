/** What to do when a file of a film does not arrive. */
import type { Addresses } from './addresses.ts';
import { words } from '../words/words.ts';

/**
 * A file that will not come. Without a status, `said` names the cause, and no other URL helps. The status is 0 if the
 * browser does not tell it.
 */
export interface Loss {
  readonly said: string;
  readonly status: number | null;
}

/** A file is asked for again at this URL, or is lost, or is left to the player's own retries. */
export type Cure = { readonly again: string } | Loss | null;

/** How long a question about the cause may take, in ms. */
const PATIENCE = 2500;

/** `status` is 0 if the browser does not tell it. `playlist` is the one that told the URL. */
export async function cure(url: string, status: number, playlist: string, known: Addresses): Promise<Cure> {
  const expired = status === 0 && isExpired(url, Date.now());
  if (status === 403 || status === 410 || expired) {
    const again = await known.renew(url, playlist);
    if (again !== null) return { again };
    // Other rungs would be refused too. The page can have another URL of the film.
    if (status !== 0) return { said: words.film.notLoadedWhy(String(status)), status };
    // A store may send the refusal of an expired URL without CORS headers. That says nothing of its rules.
    if (navigator.onLine) return { said: words.film.notLoaded, status };
  }
  // The gallery itself may send a player on to the store, so that its own URLs count too.
  if (status !== 0) return null;
  const cause = await causeOf(url);
  if (cause === 'moment') return { again: url };
  return cause === 'forbidden' ? { said: words.film.forbidden, status: null } : null;
}

/**
 * Why a URL failed without a status: the rules of its origin forbid the page to read it, nothing is reached there, or
 * it was a moment's failure.
 */
export async function causeOf(url: string): Promise<'forbidden' | 'away' | 'moment'> {
  if (!navigator.onLine) return 'away';
  // Any answer is enough of the first question. Of the second, the page must be allowed to read the answer.
  const [answers, readable] = await Promise.all([
    ask(url, { method: 'HEAD', mode: 'no-cors' }),
    ask(url, { headers: { range: 'bytes=0-0' } }),
  ]);
  if (readable) return 'moment';
  return answers ? 'forbidden' : 'away';
}

/** Whether a presigned URL says that its time is over (SigV4's query parameters). */
export function isExpired(url: string, now: number): boolean {
  const { searchParams } = new URL(url);
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(searchParams.get('X-Amz-Date') ?? '') ?? [];
  const life = Number(searchParams.get('X-Amz-Expires') ?? Number.NaN);
  return now > Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + life * 1000;
}

async function ask(url: string, how: RequestInit): Promise<boolean> {
  try {
    // The gallery's own URLs send on to the store only with its cookie, which the store never gets.
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(url, { ...how, signal, cache: 'no-store', credentials: 'same-origin' });
    void response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
