import { keptName } from '../services.ts';
import { words } from '../words/words.ts';
import { DAYS } from './login.ts';

/** Whether this browser was let in, and how. With it, the page can tell who was signed out from who is new. */
const NAME = 'signed-in';

export type Way = 'password' | 'link';

export function signedIn(): Way | null {
  try {
    const kept = localStorage.getItem(keptName(NAME));
    return kept === 'password' || kept === 'link' ? kept : null;
  } catch {
    return null;
  }
}

/** `null` forgets it. */
export function keepSignedIn(way: Way | null): void {
  try {
    if (way === null) localStorage.removeItem(keptName(NAME));
    else localStorage.setItem(keptName(NAME), way);
  } catch {
    // Then nobody is told why the password is asked for again.
  }
}

/**
 * Calls `ask` when the viewer may have been signed out unseen: another window has logged out, or this one was frozen
 * meanwhile.
 */
export function whenInDoubt(ask: () => void): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key === null || (key === keptName(NAME) && newValue === null)) ask();
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) ask();
  });
}

/** What who was let in before is told at the login. */
export function whySignedOut(): string | undefined {
  const way = signedIn();
  if (way === null) return undefined;
  return way === 'link' ? words.login.expiredLink(DAYS) : words.login.expired(DAYS);
}
