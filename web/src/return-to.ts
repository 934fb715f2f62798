/**
 * The target after login, as path + query + fragment: the one in `?returnTo=`, or otherwise the current page.
 * Only a target on this origin counts. The server checks the target again.
 */
export function wanted(location: string, home = '/'): string {
  const here = new URL(location);
  const asked = here.searchParams.get('returnTo');
  if (asked !== null) return sameOrigin(asked, here.origin) ?? home;
  return here.pathname + here.search + here.hash;
}

/** Path + query + fragment of `target` if it lies on `origin`, else `null`. */
export function sameOrigin(target: string, origin: string): string | null {
  // Browsers drop tabs and newlines inside URLs, and read `\` as `/`: `/\evil.example` would leave the origin.
  if (!target.startsWith('/') || /[\\\u0000-\u0020]/.test(target)) return null;
  try {
    const url = new URL(target, origin);
    return url.origin === origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

/** The step that leads the page from `location` to `target`. */
export type Step =
  | { readonly kind: 'stay' }
  | { readonly kind: 'fragment'; readonly url: string }
  | { readonly kind: 'load'; readonly url: string };

export function step(location: string, target: string | null, home = '/'): Step {
  const here = new URL(location);
  const path = target === null ? null : sameOrigin(target, here.origin);
  if (path === null) return { kind: 'stay' };
  const there = new URL(path, here.origin);
  if (there.href === here.href) return { kind: 'stay' };
  // The page is one document at `home`, so only the fragment has to change.
  return there.pathname === here.pathname && there.pathname === home
    ? { kind: 'fragment', url: path }
    : { kind: 'load', url: path };
}
