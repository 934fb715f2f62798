import { amount, fields, link, list, text, whole, wrong, type Check } from './check.ts';

/** A ZIP. Its URL needs no cookie, so that a download manager can take it too. */
export interface Part {
  readonly url: string;
  readonly name: string;
  /** In bytes. */
  readonly length: number;
  /** The files in it. */
  readonly count: number;
}

/** A download that is ready, in one part or more. */
export interface Prepared {
  /** Of all parts, in bytes. */
  readonly length: number;
  /** The files in all parts. */
  readonly count: number;
  /** The items that are in no part. */
  readonly leftOut: number;
  /** `2024-06-15T14:03:22Z`: when the URLs end. */
  readonly expires: string;
  readonly parts: readonly Part[];
}

const part: Check<Part> = (value, at) => {
  const of = fields(value, at);
  return {
    url: link(of['url'], `${at}.url`),
    name: text(of['name'], `${at}.name`),
    length: amount(of['length'], `${at}.length`),
    count: whole(of['count'], `${at}.count`),
  };
};

/** `POST /api/download`. Throws `ShapeError`. */
export function parsePrepared(value: unknown): Prepared {
  const of = fields(value, '');
  const parts = list(part)(of['parts'], 'parts');
  if (parts.length === 0) wrong('parts', 'a list with something in it');
  return {
    length: amount(of['length'], 'length'),
    count: whole(of['count'], 'count'),
    leftOut: whole(of['leftOut'], 'leftOut'),
    expires: text(of['expires'], 'expires'),
    parts,
  };
}
