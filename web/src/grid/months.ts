import type { Day } from '../api/types.ts';

/** Neighbouring days of one month. */
export interface Month {
  /** `2024-06`; empty for items without a date. */
  readonly id: string;
  /** The month's first day, from which the month's name is made. */
  readonly date: string | null;
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
  const months: (Month & { end: number; readonly days: Map<number, string | null> })[] = [];
  let start = 0;
  for (const { date, count } of days) {
    if (count === 0) continue;
    const id = date?.slice(0, 7) ?? '';
    let last = months.at(-1);
    if (last?.id !== id) months.push((last = { id, date, start, end: start, days: new Map() }));
    last.days.set(start, date);
    start += count;
    last.end = start;
  }
  return months;
}
