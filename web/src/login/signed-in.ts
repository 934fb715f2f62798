import { words } from '../words/words.ts';
import { DAYS } from './login.ts';

/** Whether this browser was let in, and how. With it, the page can tell who was signed out from who is new. */
const NAME = 'signed-in';

export type Way = 'password' | 'link';

export function signedIn(): Way | null {
  try {
    const kept = localStorage.getItem(NAME);
    return kept === 'password' || kept === 'link' ? kept : null;
  } catch {
    return null;
  }
}

/** `null` forgets it. */
export function keepSignedIn(way: Way | null): void {
  try {
    if (way === null) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, way);
  } catch {
    // Then nobody is told why the password is asked for again.
  }
}

/** What who was let in before is told at the login. */
export function whySignedOut(): string | undefined {
  const way = signedIn();
  if (way === null) return undefined;
  return way === 'link' ? words.login.expiredLink(DAYS) : words.login.expired(DAYS);
}
