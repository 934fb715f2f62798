import type { Day } from '../api/types.ts';

/** A month with more items than this has a section of its own. Smaller neighbours share one, up to the second number. */
const FEW = 6;
const TOGETHER = 12;

/** Neighbouring days of one month, or of a few months with a few items. */
export interface Month {
  /** `2024-06`; empty for items without a date. */
  readonly id: string;
  /** A day of the first month, from which its name is made. */
  readonly date: string | null;
  /** A day of the last month. */
  readonly until: string | null;
  /** The numbers of the month's first item, and of the first one after it. */
  readonly start: number;
  readonly end: number;
  /** The days, by the number of their first item. */
  readonly days: ReadonlyMap<number, string | null>;
}

/**
 * Months in the order of the list. Only neighbours are grouped. A list out of order may therefore repeat a month, but
 * no item is ever lost.
 */
export function byMonth(days: readonly Day[]): Month[] {
  const months: Growing[] = [];
  let start = 0;
  for (const { date, count } of days) {
    if (count === 0) continue;
    const id = date?.slice(0, 7) ?? '';
    let last = months.at(-1);
    if (last?.id !== id) months.push((last = { id, date, until: date, start, end: start, days: new Map() }));
    last.days.set(start, date);
    start += count;
    last.end = start;
  }
  return together(months);
}

type Growing = Month & { until: string | null; end: number; readonly days: Map<number, string | null> };

/** A heading and an empty row for each photo of a quiet year look broken, so small neighbours have one section. */
function together(months: readonly Growing[]): Month[] {
  const joined: Growing[] = [];
  let joins = false;
  for (const month of months) {
    const last = joined.at(-1);
    const small = month.date !== null && sizeOf(month) <= FEW;
    if (last && joins && small && sizeOf(last) + sizeOf(month) <= TOGETHER) {
      last.until = month.date;
      last.end = month.end;
      for (const [index, day] of month.days) last.days.set(index, day);
    } else joined.push(month);
    joins = small;
  }
  return joined;
}

const sizeOf = ({ start, end }: Month): number => end - start;
