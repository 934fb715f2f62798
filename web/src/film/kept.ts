/**
 * What outlives a visit: where films were left, and how fast the network was. It is forgotten at logout. Films are
 * named by a hash, so that no name stays behind.
 */
import { homePath, keptName } from '../services.ts';
import type { Places } from './types.ts';

const PLACES = 'film-places';
const NETWORK = 'film-network';
/** So many films are kept. The one that was left longest ago goes first. */
const MOST = 200;
/** A place is written at most once in this time, in ms. */
const EVERY = 3000;
/** Nobody comes back to the first seconds of a film. */
const EARLY = 3;

function read(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? 'null');
  } catch {
    return null;
  }
}

function write(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser may keep nothing, or be full. The place then ends with the visit.
  }
}

function remove(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}

/** 53 bits of a text (cyrb53). */
function hash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}

const isPlace = (entry: unknown): entry is [string, number] =>
  Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number' && entry[1] > 0;

function stored(name: string): Map<string, number> {
  const all = read(name);
  return new Map(Array.isArray(all) ? all.filter(isPlace) : []);
}

/** `home` is the path of the page. */
export function places(home = homePath()): Places {
  const name = keptName(PLACES, home);
  let kept = stored(name);
  let written = -Infinity;
  const store = () => {
    written = performance.now();
    write(name, [...kept].slice(-MOST));
  };
  // Other tabs write too. A logout in one of them removes the entry, and nothing may bring it back from here.
  addEventListener('storage', ({ key }) => {
    if (key === name || key === null) kept = stored(name);
  });
  // A page that was frozen was told nothing.
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) kept = stored(name);
  });
  const drop = (key: string) => {
    if (kept.delete(hash(key))) store();
  };
  return {
    get: (key) => kept.get(hash(key)) ?? 0,
    set(key, time) {
      if (time < EARLY) {
        drop(key);
        return;
      }
      const film = hash(key);
      const moved = Math.abs((kept.get(film) ?? 0) - time) > 1;
      // The order is that of leaving.
      kept.delete(film);
      kept.set(film, Math.round(time * 10) / 10);
      if (moved || performance.now() - written > EVERY) store();
    },
    delete: drop,
    forget() {
      kept.clear();
      for (const each of [name, keptName(NETWORK, home)]) remove(each);
    },
  };
}

/** Bits per second, as films were loaded before. */
export function networkBefore(): number | null {
  const before = read(keptName(NETWORK));
  return typeof before === 'number' && before > 0 ? before : null;
}

export const keepNetwork = (estimate: number): void => write(keptName(NETWORK), Math.round(estimate));
