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
