/** Justified rows: every row fills the width, every box keeps its picture's ratio. All lengths are CSS pixels. */

import type { Media } from '../api/types.ts';

export interface Cell {
  /** Width / height. */
  readonly aspect: number;
  /** A labelled run (a day) begins here. */
  readonly starts: boolean;
}

export interface Rules {
  readonly width: number;
  /** The height that rows should nearly have. */
  readonly row: number;
  readonly gap: number;
  /** The gap between two runs in one row, instead of `gap`. */
  readonly runGap: number;
  /** The room above a row in which a run begins. */
  readonly label: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Label {
  /** The first cell of the run. */
  readonly index: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

export interface Layout {
  readonly boxes: readonly Box[];
  readonly labels: readonly Label[];
  readonly height: number;
}

/** The last row may grow by this factor to fill the width. Otherwise it has the height `row`, and room at its end. */
const LAST_ROW_GROWTH = 1.35;
/** Pictures with ratios beyond these are cropped in the grid, because a strip of a few pixels shows nothing. */
export const NARROWEST = 0.4;
const WIDEST = 5;

type Sized = Pick<Media, 'width' | 'height' | 'type'>;

/** The ratio of a picture. If the picture's size is not known, a usual ratio is taken. */
export const trueAspectOf = ({ width, height, type }: Sized): number =>
  width && height ? width / height : type === 'video' ? 16 / 9 : 3 / 2;

/** The ratio of a picture's box. */
export const aspectOf = (item: Sized): number => Math.min(WIDEST, Math.max(NARROWEST, trueAspectOf(item)));

/**
 * Rows are filled from the front, and a full row never changes again. Items that are appended later move nothing above.
 */
export function justify(cells: readonly Cell[], rules: Rules): Layout {
  const boxes: Box[] = [];
  const labels: Label[] = [];
  let top = 0;
  let start = 0;
  while (start < cells.length) {
    const row = fill(cells, start, rules);
    if (start > 0) top += rules.gap;
    top = place(cells.slice(start, row.end), start, row.height, row.full, top, rules, boxes, labels);
    start = row.end;
  }
  return { boxes, labels, height: top };
}

interface Row {
  readonly end: number;
  readonly height: number;
  readonly full: boolean;
}

/** How many cells the row from `start` takes, and the height that follows. */
function fill(cells: readonly Cell[], start: number, rules: Rules): Row {
  let aspects = 0;
  let gaps = 0;
  let before: number | null = null;
  for (let index = start; index < cells.length; index += 1) {
    const cell = cells[index] as Cell;
    if (index > start) gaps += gapBefore(cell, rules);
    aspects += cell.aspect;
    const height = (rules.width - gaps) / aspects;
    if (height <= rules.row) {
      // Without this cell the row is higher than wanted, with it lower. The height that is nearer to `row` is taken.
      const without = before !== null && before / rules.row < rules.row / height;
      return without ? { end: index, height: before as number, full: true } : { end: index + 1, height, full: true };
    }
    before = height;
  }
  const height = before ?? rules.row;
  const full = height <= rules.row * LAST_ROW_GROWTH;
  return { end: cells.length, height: full ? height : rules.row, full };
}

/** Puts one row's boxes on whole pixels and returns the y below it. */
function place(
  cells: readonly Cell[],
  start: number,
  exact: number,
  full: boolean,
  top: number,
  rules: Rules,
  boxes: Box[],
  labels: Label[],
): number {
  const height = Math.round(exact);
  const y = cells.some((cell) => cell.starts) ? top + rules.label : top;
  let x = 0;
  cells.forEach((cell, offset) => {
    if (offset > 0) x += gapBefore(cell, rules);
    const last = offset === cells.length - 1;
    // Rounding the edges, not the widths, keeps the error of a whole row below one pixel.
    const left = Math.round(x);
    x += cell.aspect * exact;
    const right = last && full ? rules.width : Math.round(x);
    boxes.push({ left, top: y, width: right - left, height });
    if (cell.starts) labels.push({ index: start + offset, left, top, width: right - left });
    else widen(labels, start, right);
  });
  return y + height;
}

/** A label reaches over the boxes of its run in its own row. */
function widen(labels: Label[], rowStart: number, right: number): void {
  const label = labels.at(-1);
  if (label && label.index >= rowStart) labels[labels.length - 1] = { ...label, width: right - label.left };
}

const gapBefore = (cell: Cell, rules: Rules): number => (cell.starts ? rules.runGap : rules.gap);

/** The row height and the gaps for a width. */
export function rulesFor(width: number): Rules {
  if (width < 560) return { width, row: 132, gap: 4, runGap: 12, label: 34 };
  if (width < 1000) return { width, row: 190, gap: 6, runGap: 20, label: 38 };
  return { width, row: width < 1600 ? 236 : 272, gap: 8, runGap: 28, label: 40 };
}

/**
 * The `srcset` of a picture. Sizes are named by the longest side, `srcset` by the width:
 * a portrait's 400 px thumbnail is narrower than 400 px.
 */
export function srcset(item: Sized & Pick<Media, 'thumbnails'>): string {
  const { small, medium, large, screen } = item.thumbnails;
  const aspect = trueAspectOf(item);
  const widths = new Map<number, string>();
  for (const [url, side] of [
    [small, 150],
    [medium, 400],
    [large, 800],
    [screen, 2048],
  ] as const) {
    // A size that would be the same has the URL of the next smaller one.
    if (!url || [...widths.values()].includes(url)) continue;
    const longest = screen === null ? side : longestSide(side, aspect);
    const width = Math.round(aspect >= 1 ? longest : longest * aspect);
    // No picture is enlarged.
    const real = Math.max(1, Math.min(width, item.width ?? width));
    if (!widths.has(real)) widths.set(real, url);
  }
  return [...widths].map(([width, url]) => `${url} ${width}w`).join(', ');
}

/** Whether a picture that came for the screen is much smaller than that: another size stands in for it. */
export function standsIn(item: Sized, picture: { readonly naturalWidth: number; readonly naturalHeight: number }): boolean {
  const whole = Math.max(item.width ?? 0, item.height ?? 0);
  const come = Math.max(picture.naturalWidth, picture.naturalHeight);
  // A service that has too little memory makes one of at least half the size.
  return come < 0.45 * Math.min(whole, 2048);
}

/** Long pictures are made larger, so that they are sharp in the height in which they are shown. */
function longestSide(side: number, aspect: number): number {
  const long = Math.max(aspect, 1 / aspect);
  return Math.min(4 * side, Math.max(side, (side / 2) * long));
}

/** The width of a picture that covers a box, in CSS pixels. */
export const coverWidth = (item: Sized, width: number, height: number): number =>
  Math.ceil(Math.max(width, height * trueAspectOf(item)));
