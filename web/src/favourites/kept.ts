/**
 * The viewer's favourites, in this browser. They are named by hashes and days, so that no name stays behind, and they
 * outlive a logout: to choose a hundred pictures again is worse than to find such a list on a shared computer.
 */
import { signal, type Signal } from '@preact/signals';
import { decode, encode, type Favourites } from './code.ts';

const NAME = 'favourites';

function read(): Favourites {
  try {
    return decode(localStorage.getItem(NAME) ?? '', Infinity);
  } catch {
    return new Map();
  }
}

/** The favourites, which are kept whenever they change. Other tabs see it. */
export function favourites(): Signal<Favourites> {
  const all = signal(read());
  let kept = all.value;
  addEventListener('storage', ({ key }) => {
    if (key === NAME || key === null) all.value = kept = read();
  });
  all.subscribe((now) => {
    if (now === kept) return;
    kept = now;
    try {
      if (now.size > 0) localStorage.setItem(NAME, encode(now));
      else localStorage.removeItem(NAME);
    } catch {
      // A browser may keep nothing, or be full. They then last as long as the page.
    }
  });
  return all;
}
