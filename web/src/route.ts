import type { MediaType } from './api/types.ts';
import { keyPath } from './key-path.ts';

/** The place in the page: the grid with a filter, or one item. The URL's fragment holds it. */
export type Route =
  | { readonly view: 'grid'; readonly filter: MediaType | null }
  | { readonly view: 'item'; readonly key: string };

const FILTERS: ReadonlyMap<string, MediaType | null> = new Map([
  ['#/photos', 'image'],
  ['#/films', 'video'],
]);
const ITEM = '#/m/';

/** A fragment that is not understood is the whole grid, so that an old or broken link still shows the gallery. */
export function parseRoute(hash: string): Route {
  if (hash.startsWith(ITEM) && hash.length > ITEM.length) {
    try {
      return { view: 'item', key: decodeURIComponent(hash.slice(ITEM.length)) };
    } catch {
      return { view: 'grid', filter: null };
    }
  }
  return { view: 'grid', filter: FILTERS.get(hash) ?? null };
}

/** The fragment of a route, `#` included. Slashes of a key stay readable. */
export function formatRoute(route: Route): string {
  if (route.view === 'item') return ITEM + keyPath(route.key);
  if (route.filter === null) return '#/';
  return route.filter === 'image' ? '#/photos' : '#/films';
}

/** Where the server sends the browser after it followed a link that needs no password, with a cookie for it. */
export const FOLLOWED = '#/followed';

/**
 * The secret part of a link, if the page was opened through one: by its path, or on a static host, which knows no such
 * path, by the fragment. `home` is the path of the page.
 */
export function linkOf({ pathname, hash }: { readonly pathname: string; readonly hash: string }, home = '/'): string | null {
  for (const [from, mark] of [[pathname, `${home}l/`], [hash, '#/l/']] as const) {
    if (from.startsWith(mark)) return from.slice(mark.length);
  }
  return null;
}

/** The view without a filter. A link that does not open it shows its own first view instead. */
export const EVERYTHING = 'everything';

/** The name of the view of the catalogue that a filter shows. */
export const viewOf = (filter: MediaType | null): string =>
  filter === null ? EVERYTHING : filter === 'image' ? 'photos' : 'films';
