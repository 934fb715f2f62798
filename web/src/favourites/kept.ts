/**
 * The viewer's favourites, in this browser. They are named by hashes and days, so that no name stays behind, and they
 * outlive a logout: to choose a hundred pictures again is worse than to find such a list on a shared computer.
 */
import { signal, type Signal } from '@preact/signals';
import { homePath, keptName } from '../services.ts';
import { decode, encode, type Favourites } from './code.ts';

const NAME = 'favourites';

function read(name: string): Favourites {
  try {
    return decode(localStorage.getItem(name) ?? '', Infinity);
  } catch {
    return new Map();
  }
}

/** Earlier versions kept one list for all galleries of an origin. A gallery below a path takes it over once. */
function takeOver(name: string): void {
  try {
    if (localStorage.getItem(name) === null) localStorage.setItem(name, localStorage.getItem(NAME) ?? '');
  } catch {
    // A browser may keep nothing, or be full.
  }
}

/**
 * The favourites, which are kept whenever they change. Other tabs see it. `home` is the path of the page: an origin may
 * have several galleries.
 */
export function favourites(home = homePath()): Signal<Favourites> {
  const isRoot = home === '/';
  const name = keptName(NAME, home);
  if (!isRoot) takeOver(name);
  const all = signal(read(name));
  let kept = all.value;
  const again = () => {
    all.value = kept = read(name);
  };
  addEventListener('storage', ({ key }) => {
    if (key === name || key === null) again();
  });
  // A page that was frozen was told nothing, and would write what it had over newer hearts.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) again();
  });
  all.subscribe((now) => {
    if (now === kept) return;
    kept = now;
    try {
      // Below a path, an empty text stays, so that nothing is taken over again.
      if (now.size > 0 || !isRoot) localStorage.setItem(name, encode(now));
      else localStorage.removeItem(name);
    } catch {
      // A browser may keep nothing, or be full. They then last as long as the page.
    }
  });
  return all;
}
