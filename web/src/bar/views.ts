import type { View } from '../api/types.ts';
import { EVERYTHING, FAVOURITES, FILMS, PHOTOS } from '../route.ts';
import { words } from '../words/words.ts';

/** A view that the bar offers. */
export interface Offered {
  readonly name: string;
  readonly title: string;
  /** `null`: no count is told. */
  readonly count: number | null;
}

export interface Offers {
  /** The kinds of items. Empty if there is no choice. */
  readonly kinds: readonly Offered[];
  readonly albums: readonly Offered[];
}

/** What the bar offers of the views that a session opens. Favourites are offered if `favourites` are given. */
export function offers(views: readonly View[], favourites: number): Offers {
  const { all, photos, films } = words.header;
  const kinds = [[EVERYTHING, all], [PHOTOS, photos], [FILMS, films]] as const;
  const countOf = (name: string) => views.find((each) => each.name === name)?.count;
  const open = kinds.flatMap(([name, title]) => {
    const count = countOf(name);
    return count === undefined ? [] : [{ name, title, count }];
  });
  const albums = views.flatMap(({ name, title, count }) => (title === null ? [] : [{ name, title, count }]));
  const own = favourites > 0 ? [{ name: FAVOURITES, title: words.header.favourites, count: favourites }] : [];
  const offered = [...open, ...own];
  // A choice of one is none.
  return { kinds: offered.length + albums.length > 1 ? offered : [], albums };
}

/** The name of the view that is shown, for the button that opens the list. */
export function shownTitle({ kinds, albums }: Offers, name: string | undefined): string | null {
  return [...kinds, ...albums].find((each) => each.name === name)?.title ?? null;
}
