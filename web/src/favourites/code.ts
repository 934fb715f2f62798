/**
 * Favourites as text, for a link and for keeping: every group of one day is the distance to the day before in the list
 * (two characters), the number of its items (one character), and their ids. The first distance counts from the end of
 * time, so that the newest day comes first, as in the grid. Ids alone would not do: who opens the link would have to
 * read the whole library to find them. With their days, a few blocks are enough.
 */
import type { Media } from '../api/types.ts';
import { digit, idOf, LENGTH, valueOf } from './id.ts';

/** The days of items, by their ids. `null`: the item has no date. */
export type Favourites = ReadonlyMap<string, string | null>;

const DAY = 86_400_000;
/** 2100-01-01, in days since 1970. Later days count as this one. */
const END = 47_482;
/** Such a distance leads to items without a date. */
const FAR = 64 ** 2 - 1;
const MOST_IN_GROUP = 63;
/** More are not read from a link, whoever made it. */
const MOST = 2000;

/** The day under which an item is listed. The day of ingest is none. */
export const dayOf = ({ taken, dateTaken }: Pick<Media, 'taken' | 'dateTaken'>): string | null =>
  taken?.source === 'ingest' ? null : (taken?.day ?? dateTaken?.slice(0, 10) ?? null);

export const entryOf = (item: Media): [id: string, day: string | null] => [idOf(item.key), dayOf(item)];

const before = (day: string): number => Math.max(0, END - Math.floor(Date.parse(day) / DAY));
const dayBefore = (distance: number): string => new Date((END - distance) * DAY).toISOString().slice(0, 10);

export function encode(favourites: Favourites): string {
  const days = new Map<number, string[]>();
  for (const [id, day] of favourites) {
    const at = day === null ? Infinity : before(day);
    const ids = days.get(at);
    if (ids) ids.push(id);
    else days.set(at, [id]);
  }
  let text = '';
  let last = 0;
  const group = (distance: number, ids: readonly string[]) => {
    text += digit(distance >> 6) + digit(distance & 63) + digit(ids.length) + ids.join('');
  };
  for (const at of [...days.keys()].sort((a, b) => a - b)) {
    // A long way is gone in steps. One that is the longest and has items is for those without a date.
    for (; at !== Infinity && at - last >= FAR; last += FAR - 1) group(FAR - 1, []);
    const ids = (days.get(at) ?? []).sort();
    for (let start = 0; start < ids.length; start += MOST_IN_GROUP) {
      group(at === Infinity ? FAR : at - last, ids.slice(start, start + MOST_IN_GROUP));
      if (at !== Infinity) last = at;
    }
  }
  return text;
}

/** What cannot be read is left out, and so is what exceeds the most. */
export function decode(text: string, most = MOST): Favourites {
  const favourites = new Map<string, string | null>();
  let day = 0;
  for (let at = 0; at + 3 <= text.length && favourites.size < most; ) {
    const [high = 0, low = 0, count = 0] = [...text.slice(at, at + 3)].map(valueOf);
    if (high < 0 || low < 0 || count < 0) break;
    at += 3;
    const distance = high * 64 + low;
    const undated = distance === FAR;
    if (!undated) day += distance;
    for (let each = 0; each < count && at + LENGTH <= text.length; each += 1, at += LENGTH) {
      favourites.set(text.slice(at, at + LENGTH), undated || day > 100_000 ? null : dayBefore(day));
    }
  }
  return favourites;
}
