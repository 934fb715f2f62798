import type { Exposure, Taken } from '../api/types.ts';
import { dateFormat, locale, number, plain } from '../words/locale.ts';
import { words } from '../words/words.ts';

/**
 * Dates are read by their digits, and never through the viewer's time zone. A photo taken at 23:50 in Lisbon
 * belongs to that day, wherever the viewer is.
 */
function wallClock(stamp: string): Date {
  const [, year, month, day, hour = 0, minute = 0] = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d))?/.exec(stamp) ?? [];
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute)));
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatted(stamp: string, options: Intl.DateTimeFormatOptions, tag: string): string {
  const id = `${tag} ${Object.entries(options).flat().join()}`;
  let format = formats.get(id);
  if (!format) {
    format = dateFormat({ ...options, timeZone: 'UTC' }, tag);
    formats.set(id, format);
  }
  return format.format(wallClock(stamp));
}

/** `June 2024` */
export const monthName = (stamp: string, tag = locale()): string =>
  formatted(stamp, { month: 'long', year: 'numeric' }, tag);

/** `March – June 2024`, for neighbouring months, in the order of time. */
export function monthsName(one: string, other: string, tag = locale()): string {
  if (one.slice(0, 7) === other.slice(0, 7)) return monthName(one, tag);
  const [from = one, to = other] = [one, other].sort();
  const format = dateFormat({ month: 'long', year: 'numeric', timeZone: 'UTC' }, tag);
  return format.formatRange(wallClock(from.slice(0, 7) + '-01'), wallClock(to.slice(0, 7) + '-01'));
}

/** `Sat, 15 June` */
export const dayName = (stamp: string, tag = locale()): string =>
  formatted(stamp, { weekday: 'short', day: 'numeric', month: 'long' }, tag);

/** `15 Jun`, for narrow places. */
export const shortDay = (stamp: string, tag = locale()): string =>
  formatted(stamp, { day: 'numeric', month: 'short' }, tag);

/** `15 June 2024 at 14:03`, or `15 June 2024` where no time is known. */
export const fullDate = (stamp: string, tag = locale()): string =>
  formatted(stamp, stamp.includes('T') ? { dateStyle: 'long', timeStyle: 'short' } : { dateStyle: 'long' }, tag);

interface Dated {
  readonly dateTaken: string | null;
  readonly taken: Taken | null;
}

/** When an item was taken, for a person. A guess is called one, and has no time. */
export function whenTaken({ dateTaken, taken }: Dated, tag = locale()): string {
  const { unknown, byName, byFile, guess } = words.dates;
  if (dateTaken === null || taken?.source === 'ingest') return unknown;
  if (!taken?.guess) return fullDate(dateTaken, tag);
  const called = taken.source === 'name' ? byName : taken.source === 'file' ? byFile : guess;
  return called(fullDate(dateTaken.slice(0, 10), tag));
}

/** `0:07`, `12:05`, `1:02:03` */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const end = plain(whole % 60, 2);
  return hours > 0 ? `${plain(hours)}:${plain(minutes, 2)}:${end}` : `${plain(minutes)}:${end}`;
}

/** `850 bytes`, `3.4 MB`: powers of ten, as file managers and cameras count. */
export function bytes(size: number, tag = locale()): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  let unit = 0;
  let value = size;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const style = 'unit';
  const maximumFractionDigits = unit > 0 && value < 9.95 ? 1 : 0;
  // The short name of a byte is the same for one and for many.
  const unitDisplay = unit === 0 ? 'long' : 'short';
  return number(value, { style, unit: units[unit] ?? 'byte', unitDisplay, maximumFractionDigits }, tag);
}

/** `4000 × 3000` */
export const pixels = (width: number, height: number): string => `${plain(width)} × ${plain(height)}`;

/** `2,400 kbit/s`: the bits in a second of a film. */
export const bitRate = (bits: number): string => `${number(Math.round(bits / 1000))} kbit/s`;

/** `23 mm, f/2, 1/250 s, ISO 200`, as cameras write it in every language. */
export function exposureName({ focalLength, aperture, shutterSpeed, iso }: Exposure): string {
  const rounded = (value: number) => Math.round(value * 10) / 10;
  return [
    focalLength === null ? '' : `${rounded(focalLength)} mm`,
    aperture === null ? '' : `f/${rounded(aperture)}`,
    shutterSpeed === null ? '' : `${shutterSpeed} s`,
    iso === null ? '' : `ISO ${iso}`,
  ].filter(Boolean).join(', ');
}

/** `Fujifilm X-T4`. If the model repeats the maker, the maker is named once. */
export function cameraName(camera: { readonly make: string | null; readonly model: string | null } | null): string | null {
  const make = camera?.make?.trim() ?? '';
  const model = camera?.model?.trim() ?? '';
  if (!make || !model) return make || model || null;
  const [firstWord = make] = make.split(/\s+/);
  return model.toLowerCase().startsWith(firstWord.toLowerCase()) ? model : `${make} ${model}`;
}
