import type { Media } from '../api/types.ts';

/** Consecutive items of one month. */
export interface Month {
  /** `2024-06`; empty for items without any date. */
  readonly id: string;
  /** Of the month's first item: what its name is made from. */
  readonly date: string | null;
  /** Place of the first item in the whole list. */
  readonly start: number;
  readonly items: Media[];
}

/** The date the catalogue is ordered by. */
export const dateOf = (item: Media): string | null => item.dateTaken ?? item.uploadedAt;

/** `2024-06-15`, or empty. */
export const dayOf = (item: Media): string => dateOf(item)?.slice(0, 10) ?? '';

/** Months in the order of the list. Neighbours only: a list out of order gives a month twice, never a lost item. */
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
