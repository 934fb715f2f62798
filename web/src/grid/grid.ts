import type { Media, Timeline } from '../api/types.ts';
import type { Library, Range } from '../library/library.ts';
import { h } from '../ui/dom.ts';
import { foot } from './foot.ts';
import type { Rules } from './justify.ts';
import { arrows } from './keys.ts';
import { rulesFor } from './layout.ts';
import { indexAt, isExact, placeOf, type Place } from './place.ts';
import { boxOf, monthOf, neighbour, plan, type Plan } from './plan.ts';
import { asked, retries } from './retries.ts';
import { section, type Section } from './section.ts';
import { seen } from './seen.ts';
import type { Tile } from './tile.ts';
import { words } from '../words/words.ts';

/** There are tiles, and their items are read, this far around the window, in pixels. */
const AROUND = 1500;
/** While the window jumps, there are tiles only so far around it. */
const NEAR = 200;
/** After a jump, nothing is read until the window has stayed where it is for this time, in ms. */
const SETTLE = 120;
/** The number of pictures at the top that load at once, and not only when they are seen. */
const EAGER = 12;
/** The first of them come before all others: a few whole pictures are better than many halves. */
const FIRST = 3;
const NOTHING: Plan = { months: [], layouts: [] };

/** What the grid shows of its items beside their pictures. */
export interface Marks {
  isSelected(item: Media): boolean;
  isFavourite(item: Media): boolean;
}

export interface Grid {
  readonly element: HTMLElement;
  /** Shows a library, from a place on. Without one, from the top. */
  show(library: Library, place: Place | null): void;
  /** The place that the window shows. `null`: the top. */
  place(): Place | null;
  /** While the grid is covered, it reads nothing. */
  cover(covered: boolean): void;
  /** Scrolls to an item that is out of sight, and returns its tile. */
  reveal(key: string): HTMLElement | null;
  tileOf(key: string): HTMLElement | null;
  /** The number of the item whose tile an element is in, or -1. */
  indexOf(element: Element | null): number;
  /** The items of the day whose checkbox an element is. */
  dayOf(check: Element): Range | null;
  /** Shows again what is marked. */
  mark(): void;
  /** The months, from the first to the last, and where each begins in the page. */
  months(): readonly { readonly date: string | null; readonly top: number }[];
  /** Loads again what failed while the session or the network was gone. */
  retry(): void;
  /** Forgets everything: after logout nothing may be left on the page. */
  clear(): void;
}

export interface GridEvents extends Marks {
  /** A picture was refused, because the session is gone. */
  unauthorized(): void;
  /** The grid has another height, or other months. */
  laidOut(): void;
}

export function grid(events: GridEvents): Grid {
  const months = h('div', { class: 'months' });
  const trouble = h('p', { class: 'trouble', role: 'status' });
  let below = h('footer');
  const element = h(
    'main',
    { class: 'gallery gallery-fresh', 'aria-label': words.grid.label },
    months,
    below,
    trouble,
  );
  let library: Library | null = null;
  let unsubscribe: () => void = () => undefined;
  let rules: Rules = rulesFor(0);
  /** The timeline that is laid out. */
  let drawn: Timeline | null = null;
  let planned: Plan = NOTHING;
  let sections: Section[] = [];
  /** The sections that have tiles. */
  let alive: Section[] = [];
  let covered = false;
  /** Where the window goes once the timeline is there. */
  let startAt: Place | null = null;
  let lastScroll = 0;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const pictures = retries(asked, events.unauthorized);

  addEventListener('scroll', () => draw(), { passive: true });
  addEventListener('resize', () => draw());
  arrows(element, (from, key) => {
    const to = neighbour(planned, numberOf(from), key);
    if (to !== null) focus(to);
    return to !== null;
  });
  new ResizeObserver(() => {
    const width = months.clientWidth;
    if (width === 0 || width === rules.width) return;
    if (library && library.timeline !== drawn) build();
    else if (drawn) keepingPlace(() => layout());
    draw();
  }).observe(months);

  /** Lays out another timeline. */
  function build(): void {
    drawn = null;
    planned = NOTHING;
    alive = [];
    sections = [];
    if (library?.timeline && months.clientWidth > 0) {
      drawn = library.timeline;
      layout();
    }
    months.replaceChildren(...sections.map((each) => each.element));
    if (!drawn) return;
    if (startAt) goTo(startAt);
    startAt = null;
  }

  function layout(): void {
    if (!drawn) return;
    rules = rulesFor(months.clientWidth);
    planned = plan(drawn, rules);
    planned.months.forEach((month, at) => {
      sections[at] ??= section(month, `month-${at}`, {
        at: (index) => library?.at(index) ?? null,
        isEager: (index) => index < EAGER,
        isFirst: (index) => index < FIRST,
        isSelected: events.isSelected,
        isFavourite: events.isFavourite,
        isWhole: (day) => every(day, events.isSelected),
        failed: pictures.add,
        dropped: pictures.remove,
      });
      const its = planned.layouts[at];
      if (its) sections[at].layout(its);
    });
    // The sections get their places first.
    queueMicrotask(events.laidOut);
  }

  function every([from, to]: Range, holds: (item: Media) => boolean): boolean {
    for (let index = from; index < to; index += 1) {
      const item = library?.at(index);
      if (!item || !holds(item)) return false;
    }
    return true;
  }

  /** The y of an item in the window, or `null` if there is no such item. */
  function topOf(index: number): number | null {
    const box = boxOf(planned, index);
    const board = sections[monthOf(planned, index)]?.board;
    return box && board ? board.getBoundingClientRect().top + box.top : null;
  }

  /** The number of the first item in the window that has been read, or of the first one, or -1. */
  function anchor(): number {
    const [from, to] = seen(sections, planned, 0)?.range ?? [-1, -1];
    for (let index = from; index < to; index += 1) if (tileAt(index)?.item) return index;
    return from;
  }

  function place(): Place | null {
    if (startAt) return startAt;
    const index = drawn && scrollY >= 1 ? anchor() : -1;
    const top = index < 0 ? null : topOf(index);
    // The library may already have other numbers than those that are laid out. The tile still has its item.
    return drawn && top !== null ? placeOf(drawn, index, tileAt(index)?.item?.key ?? null, top) : null;
  }

  /** Brings an item to where it was in the window. If its number is not known for certain, it is asked for. */
  function goTo(to: Place): void {
    const of = library;
    if (!of || !drawn) return;
    const known = to.key === null ? -1 : of.indexOf(to.key);
    move(known >= 0 ? known : indexAt(drawn, to), to.top);
    lastScroll = scrollY;
    if (known >= 0 || to.key === null || isExact(drawn, to)) return;
    const [timeline, scroll] = [drawn, scrollY];
    of.find(to.key).then(
      (index) => {
        if (index !== null && drawn === timeline && Math.abs(scrollY - scroll) < 2) move(index, to.top);
      },
      // The place is nearly right without it.
      () => undefined,
    );
  }

  function move(index: number, top: number): void {
    const now = topOf(index);
    if (now !== null) scrollBy(0, now - top);
  }

  /** Changes the layout. The item at the top of the window, or the one with the focus, stays where it was. */
  function keepingPlace(change: () => void): void {
    const focused = numberOf(document.activeElement);
    const focusedKey = tileAt(focused)?.item?.key ?? '';
    const before = place();
    change();
    if (before) goTo(before);
    const again = library?.indexOf(focusedKey) ?? -1;
    if (focused >= 0 && again >= 0 && tileAt(again)?.element !== document.activeElement) focus(again);
  }

  /** Has tiles around the window and nowhere else, and reads their items. */
  function draw(): void {
    if (!drawn || !element.isConnected) return;
    // It is asked before anything changes. Later, the browser would have to lay out the page for the answer.
    const [y, height] = [scrollY, innerHeight];
    const jumped = Math.abs(y - lastScroll) > height;
    lastScroll = y;
    clearTimeout(settling);
    const around = seen(sections, planned, jumped ? NEAR : AROUND);
    const inside = seen(sections, planned, 0);
    const focused = numberOf(document.activeElement);
    const holder = focused < 0 ? undefined : sections[monthOf(planned, focused)];
    const parts = around?.parts ?? new Map<Section, Range>();
    const next = new Set(parts.keys());
    if (holder) next.add(holder);
    for (const each of alive) if (!next.has(each)) each.draw([]);
    for (const each of next) {
      const [from, to] = parts.get(each) ?? [0, 0];
      const indices = Array.from({ length: to - from }, (_, offset) => from + offset);
      // The tile with the focus stays, wherever the window goes.
      if (each === holder && focused < from) indices.unshift(focused);
      else if (each === holder && focused >= to) indices.push(focused);
      each.draw(indices);
    }
    alive = [...next];
    // While the window flies past, nothing is read.
    if (jumped) settling = setTimeout(draw, SETTLE);
    else if (around && !covered) {
      library?.want(inside?.range ?? [around.range[0], around.range[0]], around.range);
      tell();
    }
  }

  const tileAt = (index: number): Tile | null => sections[monthOf(planned, index)]?.tiles.get(index) ?? null;

  /** The number of the item whose tile an element is, or -1. */
  function numberOf(tile: Element | null): number {
    if (!tile?.classList.contains('tile')) return -1;
    for (const { tiles } of alive) for (const [index, at] of tiles) if (at.element === tile) return index;
    return -1;
  }

  function focus(index: number): void {
    const at = tileAt(index) ?? (bringIntoView(index), tileAt(index));
    at?.element.focus({ preventScroll: true });
    at?.element.scrollIntoView({ block: 'nearest' });
  }

  function bringIntoView(index: number): void {
    const [box, top] = [boxOf(planned, index), topOf(index)];
    if (!box || top === null) return;
    if (top < 0 || top + box.height > innerHeight) scrollBy(0, top - (innerHeight - box.height) / 2);
    draw();
  }

  function changed(): void {
    if (!library) return;
    if (library.timeline !== drawn) {
      keepingPlace(build);
      draw();
    } else for (const each of alive) each.fill();
    const { status } = library;
    element.setAttribute('aria-busy', String(status === 'loading'));
    if (status === 'ready' || status === 'failed') element.classList.remove('gallery-fresh');
    // This is a new element and not the old one moved down, so that the browser counts no layout shift.
    const under = foot(library);
    below.replaceWith(under);
    below = under;
    tell();
  }

  /** Says why something in the window is not there, or nothing. */
  function tell(): void {
    const error = library?.trouble;
    const text = error instanceof Error ? words.grid.tryingAgain(error.message) : '';
    // The same words again would be read out again.
    if (trouble.textContent !== text) trouble.textContent = text;
  }

  function clear(): void {
    unsubscribe();
    clearTimeout(settling);
    library?.rest();
    library = null;
    startAt = null;
    // Pictures that are still loading are given up, and nobody tries them again.
    for (const each of alive) each.draw([]);
    build();
    below.replaceChildren();
    tell();
  }

  const tileOf = (key: string) => tileAt(library?.indexOf(key) ?? -1)?.element ?? null;

  return {
    element,
    tileOf,
    clear,
    place,
    show(next, at) {
      if (next === library) return;
      clear();
      library = next;
      startAt = at;
      unsubscribe = next.subscribe(changed);
      changed();
      if (next.status === 'idle') void next.read();
      if (!at) scrollTo(0, 0);
    },
    cover(value) {
      const opened = covered && !value;
      covered = value;
      if (opened) draw();
    },
    reveal(key) {
      const index = library?.indexOf(key) ?? -1;
      if (index >= 0) bringIntoView(index);
      return tileOf(key);
    },
    indexOf: (inside) => numberOf(inside?.closest('.tile') ?? null),
    dayOf(check) {
      for (const each of alive) {
        const day = each.dayOf(check);
        if (day) return day;
      }
      return null;
    },
    mark() {
      for (const each of alive) each.mark();
    },
    months: () =>
      planned.months.map(({ date }, at) => ({
        date,
        top: (sections[at]?.element.getBoundingClientRect().top ?? 0) + scrollY,
      })),
    retry() {
      pictures.now();
      library?.retry();
      // The timeline may have come while the grid was not on the page, and had no width.
      changed();
      draw();
    },
  };
}
