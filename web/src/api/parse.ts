import type { Camera, Media, MediaType, Page, Taken, Thumbnails } from './types.ts';

/** The JSON does not have the shape that the API promises. `message` names the place. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

type Check<T> = (value: unknown, at: string) => T;
type Fields = Readonly<Record<string, unknown>>;

function wrong(at: string, expected: string): never {
  throw new ShapeError(`${at || 'the answer'} is not ${expected}`);
}

const fields: Check<Fields> = (value, at) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : wrong(at, 'an object');

const text: Check<string> = (value, at) => (typeof value === 'string' ? value : wrong(at, 'a string'));

/** A number that is finite and not negative: a size, pixels, seconds. */
const amount: Check<number> = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : wrong(at, 'an amount');

const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, at) =>
    value === null || value === undefined ? null : check(value, at);

/** A path on this origin, or an http(s) URL on another one, and never `javascript:` or `data:`. */
const link: Check<string> = (value, at) => {
  const url = text(value, at);
  return /^(?:\/(?!\/)|https?:\/\/)/i.test(url) ? url : wrong(at, 'a link');
};

/**
 * Several tools write rows, with dates as ISO 8601, SQLite's `2024-06-15 14:03:22`, or EXIF's `2024:06:15 14:03:22`.
 * The time may be missing. A date that cannot be read is left out, and the gallery is still shown.
 */
const date: Check<string | null> = (value, at) => {
  const [, year, month, day, rest] = /^(\d{4})[-:](\d\d)[-:](\d\d)(?:[T ](\d\d:\d\d.*))?$/.exec(text(value, at)) ?? [];
  return day === undefined ? null : `${year}-${month}-${day}${rest === undefined ? '' : `T${rest}`}`;
};

const mediaType: Check<MediaType> = (value, at) =>
  value === 'image' || value === 'video' ? value : wrong(at, 'image or video');

const camera: Check<Camera> = (value, at) => {
  const of = fields(value, at);
  return {
    make: orNull(text)(of['make'], `${at}.make`),
    model: orNull(text)(of['model'], `${at}.model`),
  };
};

const taken: Check<Taken> = (value, at) => {
  const of = fields(value, at);
  return {
    day: orNull(date)(of['day'], `${at}.day`),
    source: orNull(text)(of['source'], `${at}.source`),
    guess: of['guess'] === true,
  };
};

const thumbnails: Check<Thumbnails> = (value, at) => {
  const of = fields(value, at);
  const url = (size: string) => orNull(link)(of[size], `${at}.${size}`);
  return { small: url('small'), medium: url('medium'), large: url('large') };
};

const media: Check<Media> = (value, at) => {
  const of = fields(value, at);
  const get = <T>(name: string, check: Check<T>): T => check(of[name], `${at}.${name}`);
  return {
    key: get('key', text),
    name: get('name', text),
    type: get('type', mediaType),
    mime: get('mime', orNull(text)),
    size: get('size', amount),
    uploadedAt: get('uploadedAt', orNull(date)),
    dateTaken: get('dateTaken', orNull(date)),
    taken: get('taken', orNull(taken)),
    camera: get('camera', orNull(camera)),
    width: get('width', orNull(amount)),
    height: get('height', orNull(amount)),
    duration: get('duration', orNull(amount)),
    file: get('file', link),
    thumbnails: get('thumbnails', thumbnails),
    hls: get('hls', orNull(link)),
  };
};

/** `GET /api/media`. Throws {@link ShapeError}. */
export function parsePage(value: unknown): Page {
  const of = fields(value, '');
  const items = of['items'];
  if (!Array.isArray(items)) return wrong('items', 'a list');
  return {
    items: items.map((item: unknown, index) => media(item, `items[${index}]`)),
    nextCursor: orNull(text)(of['nextCursor'], 'nextCursor'),
  };
}

/** `GET /api/cache-version`. Throws {@link ShapeError}. */
export const parseVersion = (value: unknown): string => text(fields(value, '')['version'], 'version');

/** `POST /login`. Throws {@link ShapeError}. */
export function parseLogin(value: unknown): { readonly returnTo: string | null } {
  return { returnTo: orNull(text)(fields(value, '')['returnTo'], 'returnTo') };
}

/** The words of a problem body (RFC 9457) for a person. Unreadable values are left out. */
export interface Problem {
  readonly title: string | null;
  readonly detail: string | null;
  readonly requestId: string | null;
}

/** Never throws, because any server between the page and the service may have sent the body of an error. */
export function parseProblem(value: unknown): Problem {
  const of: Fields = typeof value === 'object' && value !== null ? (value as Fields) : {};
  const part = (name: string) => {
    const found = of[name];
    return typeof found === 'string' && found !== '' ? found : null;
  };
  return { title: part('title'), detail: part('detail'), requestId: part('requestId') };
}
