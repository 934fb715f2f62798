import type { Media } from '../api/types.ts';
import type { Library } from '../library.ts';
import { h } from '../ui/dom.ts';
import { count } from '../ui/format.ts';
import { failure } from '../ui/notice.ts';
import { icon } from '../ui/icons.ts';
import { byMonth, type Month } from './group.ts';
import { arrows } from './keys.ts';
import { rulesFor, type Rules } from './layout.ts';
import { section, type Section } from './section.ts';

/** Pages are read this far ahead of the viewer, in pixels. */
const AHEAD = 1800;
/** The number of pictures at the top that load at once, and not only when they are seen. */
const EAGER = 12;

export interface Grid {
  readonly element: HTMLElement;
  show(library: Library): void;
  /** Scrolls to a tile that is out of sight. */
  bringIntoView(tile: HTMLElement | null): void;
  tileOf(key: string): HTMLElement | null;
  /** Loads again the pictures that failed while the session was gone. */
  retry(): void;
  /** Forgets everything: after logout nothing may be left on the page. */
  clear(): void;
}

export function grid(thumbnailFailed: () => void): Grid {
  const months = h('div', { class: 'months' });
  const sentinel = h('div', { class: 'sentinel' });
  let foot = h('footer');
  const element = h('main', { class: 'gallery gallery-fresh', 'aria-label': 'Photos and films' }, months, foot, sentinel);
  let sections: Section[] = [];
  let library: Library | null = null;
  let unsubscribe: () => void = () => undefined;
  let rules: Rules = rulesFor(0);
  let near = false;

  const watcher = new IntersectionObserver(
    (entries) => {
      near = entries.at(-1)?.isIntersecting ?? false;
      readAhead();
    },
    { rootMargin: `${AHEAD}px 0px` },
  );
  watcher.observe(sentinel);
  arrows(element);

  new ResizeObserver(() => {
    const width = months.clientWidth;
    if (width === 0 || width === rules.width) return;
    const hold = anchor();
    rules = rulesFor(width);
    for (const each of sections) each.layout(rules);
    hold();
  }).observe(months);

  function readAhead(): void {
    if (near && library && library.status === 'idle') void library.more();
  }

  /** Remembers the tile at the top of the window. The returned function scrolls it back there. */
  function anchor(): () => void {
    if (scrollY < 1) return () => undefined;
    const top = sections.flatMap((each) => each.tiles).find(({ element: at }) => at.getBoundingClientRect().bottom > 0);
    if (!top) return () => undefined;
    const before = top.element.getBoundingClientRect().top;
    return () => scrollBy(0, top.element.getBoundingClientRect().top - before);
  }

  function changed(): void {
    if (!library) return;
    const groups = byMonth(library.items);
    groups.forEach((month, index) => {
      const known = sections[index];
      if (known) known.extend(month, rules);
      else sections.push(added(month, index));
    });
    drawFoot(library);
    // After a short page, the sentinel may still be near the window. The observer would then report no crossing.
    queueMicrotask(readAhead);
  }

  function added(month: Month, index: number): Section {
    const created = section(month, `month-${index}`, EAGER, thumbnailFailed);
    created.extend(month, rules);
    months.append(created.element);
    return created;
  }

  function drawFoot({ status, items, error, type }: Library): void {
    element.setAttribute('aria-busy', String(status === 'loading'));
    if (items.length > 0 || status === 'complete' || status === 'failed') element.classList.remove('gallery-fresh');
    // This is a new element and not the old one moved down, so that the browser counts no layout shift.
    const drawn = h('footer', { class: 'foot' });
    if (status === 'failed') drawn.append(failure(error, () => void library?.more()));
    else if (status === 'complete') drawn.append(items.length === 0 ? empty(type) : h('p', { class: 'end' }, total(items)));
    // While the first page loads, the style sheet shows a sign of its own.
    else if (items.length > 0) drawn.append(h('div', { class: 'loading', role: 'status', 'aria-label': 'Loading' }));
    foot.replaceWith(drawn);
    foot = drawn;
  }

  const find = (key: string) => {
    for (const each of sections) {
      const found = each.tiles.find(({ item }) => item.key === key);
      if (found) return found.element;
    }
    return null;
  };

  return {
    element,
    tileOf: find,
    show(next) {
      if (next === library) return;
      unsubscribe();
      library = next;
      sections = [];
      months.replaceChildren();
      const width = months.clientWidth;
      if (width > 0) rules = rulesFor(width);
      unsubscribe = next.subscribe(changed);
      changed();
      if (next.items.length === 0 && next.status === 'idle') void next.more();
    },
    bringIntoView(target) {
      if (!target) return;
      const { top, bottom } = target.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) target.scrollIntoView({ block: 'center' });
    },
    clear() {
      unsubscribe();
      library = null;
      sections = [];
      months.replaceChildren();
      foot.replaceChildren();
    },
    retry() {
      for (const each of sections) for (const at of each.tiles) at.retry();
      if (library?.status === 'failed') void library.more();
    },
  };
}

function empty(type: Library['type']): HTMLElement {
  const what = type === 'image' ? 'photos' : type === 'video' ? 'films' : 'photos or films';
  return h(
    'div',
    { class: 'empty' },
    icon('picture'),
    h('h2', {}, `No ${what} yet`),
    h('p', {}, 'They appear here as soon as they have been added.'),
  );
}

function total(items: readonly Media[]): string {
  const films = items.filter(({ type }) => type === 'video').length;
  const photos = items.length - films;
  const parts = [photos > 0 && count(photos, 'photo'), films > 0 && count(films, 'film')];
  return parts.filter(Boolean).join(' · ');
}
