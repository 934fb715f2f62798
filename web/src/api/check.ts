/** Checks of parts of an answer. Each returns the part, or throws {@link ShapeError}. */
import { reach } from '../services.ts';

/** The JSON does not have the shape that the API promises. `message` names the place. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export type Check<T> = (value: unknown, at: string) => T;
export type Fields = Readonly<Record<string, unknown>>;

export function wrong(at: string, expected: string): never {
  throw new ShapeError(`${at || 'the answer'} is not ${expected}`);
}

export const fields: Check<Fields> = (value, at) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : wrong(at, 'an object');

export const text: Check<string> = (value, at) => (typeof value === 'string' ? value : wrong(at, 'a string'));

export const flag: Check<boolean> = (value, at) => (typeof value === 'boolean' ? value : wrong(at, 'true or false'));

/** A number that is finite and not negative: a size, pixels, seconds. */
export const amount: Check<number> = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : wrong(at, 'an amount');

/** An angle of a place on the earth. */
export const degrees: Check<number> = (value, at) =>
  typeof value === 'number' && Math.abs(value) <= 180 ? value : wrong(at, 'degrees');

/** A whole number that is not negative. */
export const whole: Check<number> = (value, at) => {
  const number = amount(value, at);
  return Number.isInteger(number) ? number : wrong(at, 'a whole number');
};

export const list =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value, at) =>
    Array.isArray(value) ? value.map((each: unknown, index) => check(each, `${at}[${index}]`)) : wrong(at, 'a list');

export const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, at) =>
    value === null || value === undefined ? null : check(value, at);

/** A path of the services, as the page reaches it, or an http(s) URL, and never `javascript:` or `data:`. */
export const link: Check<string> = (value, at) => {
  const url = text(value, at);
  return /^(?:\/(?!\/)|https?:\/\/)/i.test(url) ? reach(url) : wrong(at, 'a link');
};

/**
 * Several tools write rows, with dates as ISO 8601, SQLite's `2024-06-15 14:03:22`, or EXIF's `2024:06:15 14:03:22`.
 * The time may be missing. A date that cannot be read is left out, and the gallery is still shown.
 */
export const date: Check<string | null> = (value, at) => {
  const [, year, month, day, rest] = /^(\d{4})[-:](\d\d)[-:](\d\d)(?:[T ](\d\d:\d\d.*))?$/.exec(text(value, at)) ?? [];
  return day === undefined ? null : `${year}-${month}-${day}${rest === undefined ? '' : `T${rest}`}`;
};
