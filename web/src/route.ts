import { keyPath } from './key-path.ts';

/** The place in the page: a view in the grid, or one item. The URL's fragment holds it. */
export type Route =
  | { readonly view: 'grid'; readonly name: string }
  | { readonly view: 'item'; readonly key: string };

/** The view without a filter. A link that does not open it shows its own first view instead. */
export const EVERYTHING = 'everything';
export const PHOTOS = 'photos';
export const FILMS = 'films';
/**
 * The view of the viewer's favourites, which the services do not know. `favourites/CODE` is that of a link, with items as
 * `favourites/code.ts` writes them.
 */
export const FAVOURITES = 'favourites';
/** What the names of albums' views begin with. */
const ALBUM = 'album-';

const [ITEM, ALBUMS] = ['#/m/', '#/album/'];

/** A fragment that is not understood is the whole grid, so that an old or broken link still shows the gallery. */
export function parseRoute(hash: string): Route {
  if (hash.startsWith(ITEM) && hash.length > ITEM.length) {
    try {
      return { view: 'item', key: decodeURIComponent(hash.slice(ITEM.length)) };
    } catch {
      return { view: 'grid', name: EVERYTHING };
    }
  }
  const album = /^#\/album\/([\w-]+)$/.exec(hash)?.[1];
  if (album !== undefined) return { view: 'grid', name: ALBUM + album };
  if (/^#\/favourites(?:\/[\w-]+)?$/.test(hash)) return { view: 'grid', name: hash.slice(2) };
  const name = hash.slice(2);
  return { view: 'grid', name: name === PHOTOS || name === FILMS ? name : EVERYTHING };
}

/** The fragment of a route, `#` included. Slashes of a key stay readable. */
export function formatRoute(route: Route): string {
  if (route.view === 'item') return ITEM + keyPath(route.key);
  if (route.name.startsWith(ALBUM)) return ALBUMS + route.name.slice(ALBUM.length);
  return route.name === EVERYTHING ? '#/' : `#/${route.name}`;
}

/** The favourites that a view shows, as a code. Empty: the viewer's own. `null`: it shows no favourites. */
export const codeOf = (name: string): string | null =>
  name === FAVOURITES ? '' : name.startsWith(`${FAVOURITES}/`) ? name.slice(FAVOURITES.length + 1) : null;

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
