/** Justified rows: rows fill the width, every box keeps its picture's ratio. All lengths are CSS pixels. */

import { first } from '../search.ts';
import { breakRows, type RowRules } from './rows.ts';

export interface Rules extends RowRules {
  /** The gap between two runs in one row, instead of `gap`. */
  readonly runGap: number;
  /** The room above a row in which a run begins. */
  readonly label: number;
  /** The room above a row with labels, beside `gap`. */
  readonly between: number;
  /** Whether short runs share a row. Otherwise each run begins a row. */
  readonly share: boolean;
}

/** A row that several runs share is at least this part of `row` high. */
const LOWEST_SHARED = 0.72;

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Label {
  /** The first box of the run. */
  readonly index: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

/** Where the boxes of a month are. It holds a few bytes for each, because there may be a hundred thousand. */
export interface Layout {
  readonly count: number;
  readonly labels: readonly Label[];
  readonly height: number;
  box(index: number): Box | null;
}

export const NOTHING: Layout = { count: 0, labels: [], height: 0, box: () => null };

/**
 * `runs` are the numbers of the first box of each run (a day). A row holds a part of one run, or several whole runs
 * side by side: no run begins in the middle of a row and goes on below it, where nobody would know whose it is.
 */
export function justify(aspects: ArrayLike<number>, runs: readonly number[], rules: Rules): Layout {
  const count = aspects.length;
  const [lefts, widths] = [new Uint16Array(count), new Uint16Array(count)];
  const rows: { readonly start: number; readonly top: number; readonly height: number }[] = [];
  const labels: Label[] = [];
  let top = 0;

  /** Puts a row's boxes on whole pixels. `begins` are the runs that begin in it, and `ends` says that a run ends with it. */
  function place(start: number, end: number, begins: readonly number[], ends: boolean): void {
    let sum = 0;
    for (let at = start; at < end; at += 1) sum += aspects[at] ?? 1;
    const gaps = (end - start - 1) * rules.gap + Math.max(0, begins.length - 1) * (rules.runGap - rules.gap);
    const fitting = (rules.width - gaps) / sum;
    const full = fitting <= rules.row * rules.growth || !ends;
    // What stands alone may be larger, so that less room stays empty beside it.
    const exact = full ? fitting : rules.row * (begins.length > 0 ? rules.growth : 1);
    const y = begins.length > 0 ? top + rules.label : top;
    const height = Math.round(exact);
    let x = 0;
    for (let at = start, run = 0; at < end; at += 1) {
      const starts = begins[run] === at;
      if (at > start) x += starts ? rules.runGap : rules.gap;
      // Rounding the edges, not the widths, keeps the error of a whole row below one pixel.
      const left = Math.round(x);
      x += (aspects[at] ?? 1) * exact;
      lefts[at] = left;
      widths[at] = (at === end - 1 && full ? rules.width : Math.round(x)) - left;
      if (!starts) continue;
      run += 1;
      labels.push({ index: at, left, top, width: 0 });
    }
    begins.forEach((_, at) => {
      const [index, next] = [labels.length - begins.length + at, labels[labels.length - begins.length + at + 1]];
      const label = labels[index];
      if (label) labels[index] = { ...label, width: (next ? next.left - rules.runGap : rules.width) - label.left };
    });
    rows.push({ start, top: y, height });
    top = y + height + rules.gap;
  }

  for (let run = 0; run < runs.length; ) {
    const last = sharing(aspects, runs, run, rules);
    const [start, end] = [runs[run] ?? 0, runs[last + 1] ?? count];
    if (rows.length > 0) top += rules.between;
    if (last > run) place(start, end, runs.slice(run, last + 1), true);
    else {
      const breaks = breakRows(aspects, start, end, rules);
      for (let row = 0; row + 1 < breaks.length; row += 1) {
        place(breaks[row] ?? 0, breaks[row + 1] ?? end, row === 0 ? [start] : [], row + 2 === breaks.length);
      }
    }
    run = last + 1;
  }

  return {
    count,
    labels,
    height: Math.max(0, top - rules.gap),
    box(index) {
      if (index < 0 || index >= count) return null;
      const row = rows[first(rows.length, (at) => (rows[at]?.start ?? 0) > index) - 1];
      return row ? { left: lefts[index] ?? 0, top: row.top, width: widths[index] ?? 0, height: row.height } : null;
    },
  };
}

/** The last run that is in one row with `run`: with it, the row's height is nearest to the wanted one. */
function sharing(aspects: ArrayLike<number>, runs: readonly number[], run: number, rules: Rules): number {
  let [sum, gaps, last, best] = [0, 0, run, Infinity];
  for (let at = run; rules.share && at < runs.length; at += 1) {
    const [start, end] = [runs[at] ?? 0, runs[at + 1] ?? aspects.length];
    gaps += (at > run ? rules.runGap : 0) + (end - start - 1) * rules.gap;
    for (let index = start; index < end && sum * rules.row <= rules.width * 2; index += 1) sum += aspects[index] ?? 1;
    const height = (rules.width - gaps) / sum / rules.row;
    if (height < LOWEST_SHARED) break;
    if (Math.abs(Math.log(height)) < best) [last, best] = [at, Math.abs(Math.log(height))];
  }
  return last;
}
