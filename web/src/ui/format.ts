import type { Taken } from '../api/types.ts';

/**
 * Dates are read by their digits, and never through the viewer's time zone. A photo taken at 23:50 in Lisbon
 * belongs to that day, wherever the viewer is.
 */
function wallClock(stamp: string): Date {
  const [, year, month, day, hour = 0, minute = 0] = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(stamp) ?? [];
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(stamp: string, options: Intl.DateTimeFormatOptions, locale?: string): string {
  const id = `${locale ?? ''}${Object.entries(options).flat().join()}`;
  let format = formats.get(id);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    formats.set(id, format);
  }
  return format.format(wallClock(stamp));
}

/** `June 2024` */
export const monthName = (stamp: string, locale?: string): string =>
  formatted(stamp, { month: 'long', year: 'numeric' }, locale);

/** `March – June 2024`, for neighbouring months, in the order of time. */
export function monthsName(one: string, other: string, locale?: string): string {
  if (one.slice(0, 7) === other.slice(0, 7)) return monthName(one, locale);
  const [from = one, to = other] = [one, other].sort();
  const format = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  return format.formatRange(wallClock(from.slice(0, 7) + '-01'), wallClock(to.slice(0, 7) + '-01'));
}

/** `Sat, 15 June` */
export const dayName = (stamp: string, locale?: string): string =>
  formatted(stamp, { weekday: 'short', day: 'numeric', month: 'long' }, locale);

/** `15 Jun`, for narrow places. */
export const shortDay = (stamp: string, locale?: string): string =>
  formatted(stamp, { day: 'numeric', month: 'short' }, locale);

/** `15 June 2024 at 14:03`, or `15 June 2024` where no time is known. */
export const fullDate = (stamp: string, locale?: string): string =>
  formatted(stamp, stamp.includes('T') ? { dateStyle: 'long', timeStyle: 'short' } : { dateStyle: 'long' }, locale);

interface Dated {
  readonly dateTaken: string | null;
  readonly taken: Taken | null;
}

/** When an item was taken, for a person. A guess is called one, and has no time. */
export function whenTaken({ dateTaken, taken }: Dated, locale?: string): string {
  if (dateTaken === null || taken?.source === 'ingest') return 'Date unknown';
  if (!taken?.guess) return fullDate(dateTaken, locale);
  const from = taken.source === 'name' ? "from the file's name" : taken.source === 'file' ? "from the file's time" : 'a guess';
  return `${fullDate(dateTaken.slice(0, 10), locale)} (${from})`;
}

/** `0:07`, `12:05`, `1:02:03` */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (part: number) => String(part).padStart(2, '0');
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** `850 bytes`, `3.4 MB`: powers of ten, as file managers and cameras count. */
export function bytes(size: number, locale?: string): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let value = size;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)} ${units[unit]}`;
}

/** `Fujifilm X-T4`. If the model repeats the maker, the maker is named once. */
export function cameraName(camera: { readonly make: string | null; readonly model: string | null } | null): string | null {
  const make = camera?.make?.trim() ?? '';
  const model = camera?.model?.trim() ?? '';
  if (!make || !model) return make || model || null;
  const [firstWord = make] = make.split(/\s+/);
  return model.toLowerCase().startsWith(firstWord.toLowerCase()) ? model : `${make} ${model}`;
}

/** `1 photo`, `12 films` */
export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString()} ${n === 1 ? one : many}`;
