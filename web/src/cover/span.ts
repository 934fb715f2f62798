import type { Day } from '../api/types.ts';
import { dateFormat } from '../words/locale.ts';

/** From how many days on a span is told in months. */
const MONTHS = 62;
const DAY = 86_400_000;

/** From the first day of a view to the last one, as `June 14 – 16, 2024`. `null` if no item has a date. */
export function span(days: readonly Day[]): string | null {
  const dates = days.flatMap(({ date }) => (date === null ? [] : [date.slice(0, 10)])).sort();
  const [first, last] = [dates[0], dates.at(-1)].map((date) => (date === undefined ? Number.NaN : Date.parse(date)));
  if (first === undefined || last === undefined || !(first <= last)) return null;
  const isLong = last - first > MONTHS * DAY;
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', timeZone: 'UTC' };
  const format = dateFormat(isLong ? options : { ...options, day: 'numeric' });
  if (first === last) return format.format(first);
  return typeof format.formatRange === 'function'
    ? format.formatRange(first, last)
    : `${format.format(first)} – ${format.format(last)}`;
}
