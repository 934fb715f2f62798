import type { Media } from '../api/types.ts';
import type { Range } from '../library/library.ts';
import { h, set } from '../ui/dom.ts';
import { dayName, fullDate, monthsName, shortDay } from '../ui/format.ts';
import { NOTHING, type Label, type Layout } from './justify.ts';
import type { Month } from './months.ts';
import { first } from '../search.ts';
import { along } from '../ui/direction.ts';
import { words } from '../words/words.ts';
import { tile, type Tile, type TileEvents } from './tile.ts';

/** Below this width (px) a day's name is shortened. */
const NARROW_LABEL = 150;

/** What a section asks of the grid. */
export interface Source extends TileEvents {
  at(index: number): Media | null;
  /** Whether the picture of an item loads at once, and not only when it is seen. */
  isEager(index: number): boolean;
  /** Whether it comes before others. */
  isFirst(index: number): boolean;
  isSelected(item: Media): boolean;
  isFavourite(item: Media): boolean;
  /** Whether all of a day is selected. */
  isWhole(day: Range): boolean;
}

/** One month of the grid: a sticky heading, and days that share rows. It has tiles only where they may be seen. */
export interface Section {
  readonly element: HTMLElement;
  /** The box in which the tiles are. Its height is that of the whole month. */
  readonly board: HTMLElement;
  /** The tiles that there are, by the numbers of their items. */
  readonly tiles: ReadonlyMap<number, Tile>;
  layout(layout: Layout): void;
  /** Has tiles for these items, in their order, and for no others. */
  draw(indices: readonly number[]): void;
  /** Shows the items that have been read. */
  fill(): void;
  /** Shows what is selected, and the favourites. */
  mark(): void;
  /** The items of the day whose checkbox an element is. */
  dayOf(check: Element): Range | null;
}

export function section({ date, until, days, start, end }: Month, id: string, source: Source): Section {
  const board = h('div', { class: 'board' });
  const element = h(
    'section',
    { class: 'month', 'aria-labelledby': id },
    h('h2', { id, class: 'month-name' }, date === null || until === null ? words.grid.undated : monthsName(date, until)),
    board,
  );
  // The heading names more than one year, so each day names its own.
  const ofYears = date?.slice(0, 4) !== until?.slice(0, 4);
  const tiles = new Map<number, Tile>();
  const names = new Map<number, Heading>();
  let current: Layout = NOTHING;
  let labels = new Map<number, Label>();
  let drawn: readonly number[] = [];
  const starts = [...days.keys()];

  function added(index: number): Tile {
    const created = tile(source.isEager(index), source.isFirst(index), source);
    tiles.set(index, created);
    place(index, created);
    fill(index, created);
    return created;
  }

  function place(index: number, at: Tile): void {
    const box = current.box(index - start);
    if (box) at.place(box);
  }

  function fill(index: number, at: Tile): void {
    const item = source.at(index);
    if (!item) return;
    if (!at.item) at.fill(item);
    at.mark(source.isSelected(item), source.isFavourite(item));
  }

  function label(index: number, { left, top, width }: Label): HTMLElement {
    const heading = names.get(index) ?? dayHeading();
    names.set(index, heading);
    const day = days.get(index) ?? null;
    const { element: name } = heading;
    const { style } = name;
    const long = day === null ? words.grid.undated : ofYears ? fullDate(day) : dayName(day);
    heading.text.textContent = day === null ? '' : width < NARROW_LABEL ? shortDay(day) : long;
    set(heading.check, { 'aria-label': words.select.day(long) });
    style.width = `${width}px`;
    style.transform = `translate(${along(left)}px, ${top}px)`;
    tick(index, heading);
    return name;
  }

  function rangeOf(index: number): Range {
    const later = first(starts.length, (at) => (starts[at] ?? 0) > index);
    return [index, starts[later] ?? end];
  }

  const tick = (index: number, { check }: Heading) => set(check, { 'aria-checked': String(source.isWhole(rangeOf(index))) });

  return {
    element,
    board,
    tiles,
    layout(layout) {
      current = layout;
      labels = new Map(layout.labels.map((each) => [start + each.index, each]));
      board.style.height = `${layout.height}px`;
      for (const [index, at] of tiles) place(index, at);
      for (const index of names.keys()) {
        const its = labels.get(index);
        if (its) label(index, its);
      }
    },
    draw(indices) {
      // Neighbours, and at most one item apart from them: with the same ends and length, they are the same.
      const same = indices.length === drawn.length && indices[0] === drawn[0] && indices.at(-1) === drawn.at(-1);
      if (same) return;
      drawn = indices;
      const wanted = new Set(indices);
      for (const [index, at] of tiles) {
        if (wanted.has(index)) continue;
        at.remove();
        tiles.delete(index);
        names.get(index)?.element.remove();
        names.delete(index);
      }
      // What is there stays where it is, because a moved element would lose the focus.
      let next = board.firstChild;
      const put = (node: HTMLElement) => {
        if (node === next) next = node.nextSibling;
        else board.insertBefore(node, next);
      };
      for (const index of indices) {
        const its = labels.get(index);
        if (its) put(names.get(index)?.element ?? label(index, its));
        put((tiles.get(index) ?? added(index)).element);
      }
    },
    fill() {
      for (const [index, at] of tiles) if (!at.item) fill(index, at);
      for (const [index, heading] of names) tick(index, heading);
    },
    mark() {
      for (const [index, at] of tiles) fill(index, at);
      for (const [index, heading] of names) tick(index, heading);
    },
    dayOf(check) {
      for (const [index, heading] of names) if (heading.check === check) return rangeOf(index);
      return null;
    },
  };
}

interface Heading {
  readonly element: HTMLElement;
  readonly text: HTMLElement;
  readonly check: HTMLElement;
}

/** The name of a day, and a checkbox that selects all of it. */
function dayHeading(): Heading {
  const text = h('span', {});
  const check = h('button', { type: 'button', class: 'day-check', role: 'checkbox', 'aria-checked': 'false' });
  return { element: h('h3', { class: 'day' }, text, check), text, check };
}
