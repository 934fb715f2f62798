import { h } from '../ui/dom.ts';
import { dayName, monthName, shortDay } from '../ui/format.ts';
import { dateOf, dayStarts, type Month } from './group.ts';
import { aspectOf, justify, type Label, type Rules } from './layout.ts';
import { tile, type Tile } from './tile.ts';

/** Below this width (px) a day's name is shortened. */
const NARROW_LABEL = 150;

/** One month of the grid: a sticky heading, and days that share rows. */
export interface Section {
  readonly element: HTMLElement;
  readonly tiles: readonly Tile[];
  /** Adds the items that the month has gained. */
  extend(month: Month, rules: Rules): void;
  layout(rules: Rules): void;
}

export function section(first: Month, id: string, eagerUpTo: number, thumbnailFailed: () => void): Section {
  const board = h('div', { class: 'board' });
  const element = h(
    'section',
    { class: 'month', 'aria-labelledby': id },
    h('h2', { id, class: 'month-name' }, first.date === null ? 'Undated' : monthName(first.date)),
    board,
  );
  const tiles: Tile[] = [];
  const names = new Map<number, HTMLElement>();
  let starts: boolean[] = [];

  function label({ index, left, top, width }: Label): void {
    const at = tiles[index];
    if (!at) return;
    let name = names.get(index);
    if (!name) {
      name = h('h3', { class: 'day' });
      names.set(index, name);
      at.element.before(name);
    }
    const date = dateOf(at.item);
    name.textContent = date === null ? '' : width < NARROW_LABEL ? shortDay(date) : dayName(date);
    name.style.width = `${width}px`;
    name.style.transform = `translate(${left}px, ${top}px)`;
  }

  function layout(rules: Rules): void {
    if (rules.width === 0) return;
    const cells = tiles.map(({ item }, index) => ({ aspect: aspectOf(item), starts: starts[index] ?? false }));
    const { boxes, labels, height } = justify(cells, rules);
    board.style.height = `${height}px`;
    boxes.forEach((box, index) => tiles[index]?.place(box));
    labels.forEach(label);
  }

  return {
    element,
    tiles,
    layout,
    extend(month, rules) {
      if (month.items.length === tiles.length) return;
      for (const item of month.items.slice(tiles.length)) {
        const created = tile(item, month.start + tiles.length < eagerUpTo, thumbnailFailed);
        tiles.push(created);
        board.append(created.element);
      }
      starts = dayStarts(month.items);
      layout(rules);
    },
  };
}
