import type { Timeline } from '../api/types.ts';
import type { Library } from '../library/library.ts';
import { h } from '../ui/dom.ts';
import { count } from '../ui/format.ts';
import { icon } from '../ui/icons.ts';
import { failure } from '../ui/notice.ts';

/** What stands below the grid: how much there is, that there is nothing, or why nothing can be said. */
export function foot(library: Library): HTMLElement {
  const { status, timeline, view, error } = library;
  const drawn = h('footer', { class: 'foot' });
  if (timeline) drawn.append(timeline.count === 0 ? empty(view) : h('p', { class: 'end' }, total(timeline, view)));
  else if (status === 'failed') drawn.append(failure(error, () => void library.read()));
  return drawn;
}

function empty(view: string): HTMLElement {
  const what = view === 'photos' || view === 'films' ? view : 'photos or films';
  return h(
    'div',
    { class: 'empty' },
    icon('picture'),
    h('h2', {}, `No ${what} yet`),
    h('p', {}, 'They appear here as soon as they have been added.'),
  );
}

/** `12 photos · 3 films` */
export function total({ count: all, views }: Pick<Timeline, 'count' | 'views'>, view: string): string {
  if (view === 'photos') return count(all, 'photo');
  if (view === 'films') return count(all, 'film');
  const of = (name: string) => views.find((each) => each.name === name)?.count ?? 0;
  const [photos, films] = [of('photos'), of('films')];
  // An album has photos and films of its own, and the timeline tells only their sum.
  if (photos + films !== all) return count(all, 'item');
  return [photos > 0 && count(photos, 'photo'), films > 0 && count(films, 'film')].filter(Boolean).join(' · ');
}
