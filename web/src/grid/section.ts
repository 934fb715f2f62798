import type { Media } from '../api/types.ts';
import { h } from '../ui/dom.ts';
import { dayName, monthName, shortDay } from '../ui/format.ts';
import type { Label, Layout } from './layout.ts';
import type { Month } from './months.ts';
import { tile, type Tile } from './tile.ts';
import { words } from '../words/words.ts';
import { along } from '../ui/direction.ts';

/** Below this width (px) a day's name is shortened. */
const NARROW_LABEL = 150;

/** What a section asks of the grid. */
export interface Source {
  at(index: number): Media | null;
  /** Whether the picture of an item loads at once, and not only when it is seen. */
  isEager(index: number): boolean;
  thumbnailFailed(): void;
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
}

export function section({ date, days, start }: Month, id: string, source: Source): Section {
  const board = h('div', { class: 'board' });
  const element = h(
    'section',
    { class: 'month', 'aria-labelledby': id },
    h('h2', { id, class: 'month-name' }, date === null ? words.grid.undated : monthName(date)),
    board,
  );
  const tiles = new Map<number, Tile>();
  const names = new Map<number, HTMLElement>();
  let current: Layout = { boxes: [], labels: [], height: 0 };
  let labels = new Map<number, Label>();
  let drawn: readonly number[] = [];

  function added(index: number): Tile {
    const created = tile(source.isEager(index), source.thumbnailFailed);
    tiles.set(index, created);
    place(index, created);
    const item = source.at(index);
    if (item) created.fill(item);
    return created;
  }

  function place(index: number, at: Tile): void {
    const box = current.boxes[index - start];
    if (box) at.place(box);
  }

  function label(index: number, { left, top, width }: Label): HTMLElement {
    const name = names.get(index) ?? h('h3', { class: 'day' });
    names.set(index, name);
    const day = days.get(index) ?? null;
    name.textContent = day === null ? '' : width < NARROW_LABEL ? shortDay(day) : dayName(day);
    name.style.width = `${width}px`;
    name.style.transform = `translate(${along(left)}px, ${top}px)`;
    return name;
  }

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
        names.get(index)?.remove();
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
        if (its) put(names.get(index) ?? label(index, its));
        put((tiles.get(index) ?? added(index)).element);
      }
    },
    fill() {
      for (const [index, at] of tiles) {
        const item = at.item ? null : source.at(index);
        if (item) at.fill(item);
      }
    },
  };
}
