import type { Media } from '../api/types.ts';

/** Consecutive items of one month. */
export interface Month {
  /** `2024-06`; empty for items without any date. */
  readonly id: string;
  /** The date of the month's first item, from which the month's name is made. */
  readonly date: string | null;
  /** The place of the first item in the whole list. */
  readonly start: number;
  readonly items: Media[];
}

/**
 * The date under which an item is listed: its day in the library's time zone, or in a row of 0.1.0 its own date. The
 * day of ingest is none: as a heading, it would say that the item was taken then.
 */
export const dateOf = ({ taken, dateTaken, uploadedAt }: Media): string | null =>
  taken?.source === 'ingest' ? null : taken?.day ?? dateTaken ?? uploadedAt;

/** `2024-06-15`, or empty. */
export const dayOf = (item: Media): string => dateOf(item)?.slice(0, 10) ?? '';

/**
 * Months in the order of the list. Only neighbours are grouped. A list out of order may therefore repeat a month, but
 * no item is ever lost.
 */
export function byMonth(items: readonly Media[]): Month[] {
  const months: Month[] = [];
  items.forEach((item, index) => {
    const id = dateOf(item)?.slice(0, 7) ?? '';
    const last = months.at(-1);
    if (last?.id === id) last.items.push(item);
    else months.push({ id, date: dateOf(item), start: index, items: [item] });
  });
  return months;
}

/** For each item, whether a new day begins with it. */
export const dayStarts = (items: readonly Media[]): boolean[] =>
  items.map((item, index) => {
    const before = items[index - 1];
    return before === undefined || dayOf(before) !== dayOf(item);
  });
