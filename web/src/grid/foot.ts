import type { Timeline } from '../api/types.ts';
import type { Library } from '../library/library.ts';
import { codeOf } from '../route.ts';
import { h } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { failure } from '../ui/notice.ts';
import { words } from '../words/words.ts';

/** What stands below the grid: how much there is, that there is nothing, or why nothing can be said. */
export function foot(library: Library): HTMLElement {
  const { status, timeline, view, error } = library;
  const drawn = h('footer', { class: 'foot' });
  if (timeline) drawn.append(timeline.count === 0 ? empty(view) : h('p', { class: 'end' }, total(timeline, view)));
  else if (status === 'failed') drawn.append(failure(error, () => void library.read()));
  return drawn;
}

function empty(view: string): HTMLElement {
  const { noPhotos, noFilms, nothing, appear } = words.grid;
  if (codeOf(view) !== null) return h('div', { class: 'empty' }, icon('heart'), h('h2', {}, words.favourites.none), h('p', {}, words.favourites.how));
  return h(
    'div',
    { class: 'empty' },
    icon('picture'),
    h('h2', {}, view === 'photos' ? noPhotos : view === 'films' ? noFilms : nothing),
    h('p', {}, appear),
  );
}

/** `12 photos · 3 films` */
export function total({ count: all, views }: Pick<Timeline, 'count' | 'views'>, view: string): string {
  if (view === 'photos') return words.grid.photos(all);
  if (view === 'films') return words.grid.films(all);
  const of = (name: string) => views.find((each) => each.name === name)?.count ?? 0;
  const [photos, films] = [of('photos'), of('films')];
  // An album has photos and films of its own, and the timeline tells only their sum.
  if (photos + films !== all) return words.grid.items(all);
  return [photos > 0 && words.grid.photos(photos), films > 0 && words.grid.films(films)].filter(Boolean).join(' · ');
}
