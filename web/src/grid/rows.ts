/** How a run of pictures is broken into rows that are all nearly as high as wanted. */

export interface RowRules {
  /** The width of a full row, in CSS pixels. */
  readonly width: number;
  /** The height that rows should nearly have. */
  readonly row: number;
  readonly gap: number;
  /** By this factor, a row may be higher than `row`. One that would be higher has room at its end. */
  readonly growth: number;
}

/** Rows lower than this part of `row` are not tried, because the pictures in them would be stamps. */
const LOWEST = 0.6;
/** What a last row with room at its end costs. It is taken before rows of quite different heights. */
const RAGGED = 0.35;

/**
 * The number of the first picture of each row, and the number after the last. Rows are chosen all together, so that
 * none is much higher or lower than the others: the sum of the squared logarithms of their heights is the least
 * possible, as in Knuth and Plass' breaking of paragraphs.
 */
export function breakRows(aspects: ArrayLike<number>, from: number, to: number, rules: RowRules): number[] {
  const count = to - from;
  const best = new Float64Array(count + 1).fill(Infinity);
  const before = new Int32Array(count + 1);
  best[0] = 0;
  for (let start = 0; start < count; start += 1) {
    const cost = best[start] ?? Infinity;
    let width = 0;
    for (let end = start + 1; end <= count; end += 1) {
      width += aspects[from + end - 1] ?? 1;
      const height = (rules.width - (end - start - 1) * rules.gap) / width / rules.row;
      if (height < LOWEST && end > start + 1) break;
      const all = cost + costOf(height, end === count, rules.growth);
      if (all < (best[end] ?? Infinity)) {
        best[end] = all;
        before[end] = start;
      }
    }
  }
  const rows = [to];
  for (let end = count; end > 0; ) {
    end = before[end] ?? 0;
    rows.push(from + end);
  }
  return rows.reverse();
}

/** `height` is in parts of the wanted one. A row that is not the last is never left with room at its end. */
function costOf(height: number, last: boolean, growth: number): number {
  if (height > growth) return last ? RAGGED : 8 * Math.log(height) ** 2;
  return Math.log(height) ** 2;
}
