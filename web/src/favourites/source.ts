import { ApiError, type Api } from '../api/client.ts';
import type { Day, Media, Timeline } from '../api/types.ts';
import { isGone } from '../library/blocks.ts';
import type { Library, Range } from '../library/library.ts';
import { FAVOURITES } from '../route.ts';
import { words } from '../words/words.ts';
import { encode, type Favourites } from './code.ts';
import { idOf } from './id.ts';

/** A favourite, and what a timeline tells of it. */
interface Found {
  readonly item: Media;
  readonly date: string | null;
  readonly ratio: string;
}

/**
 * Answers as the API does, for a view that the services do not know: the favourites among the items of other views,
 * which `open` reads. Only the blocks are read in which the favourites' days are.
 */
export function favouriteSource(
  open: () => Promise<readonly Library[]>,
  wanted: () => Favourites,
): Pick<Api, 'timeline' | 'block' | 'item'> {
  const blocks = new Map<string, readonly Media[]>();
  let reading: Promise<Timeline> | null = null;

  async function read(): Promise<Timeline> {
    const libraries = await open();
    const favourites = wanted();
    const each: Found[][] = [];
    for (const library of libraries) each.push(await among(library, favourites));
    const found = joined(each);
    const timeline = libraries[0]?.timeline;
    if (!timeline) throw new ApiError(words.errors.unknown, 0);
    // Where the libraries change, so may the items of the same favourites.
    const name = [FAVOURITES, ...libraries.map((from) => from.timeline?.version), encode(favourites)].join('-');
    blocks.set(name, found.map(({ item }) => item));
    return {
      ...timeline,
      version: name,
      view: FAVOURITES,
      count: found.length,
      days: daysOf(found),
      ratios: found.map(({ ratio }) => ratio).join(''),
      blocks: found.length > 0 ? [{ name, count: found.length }] : [],
    };
  }

  /** Who asks while an answer is on its way shares it. */
  function timeline(): Promise<Timeline> {
    reading ??= read().catch(again).finally(() => (reading = null));
    return reading;
  }

  /** Libraries that name a block that is gone have changed. */
  async function again(error: unknown): Promise<Timeline> {
    if (!isGone(error)) throw error;
    await Promise.all((await open()).map((each) => each.refresh()));
    return read();
  }

  return {
    timeline,
    block: (name) => Promise.resolve(blocks.get(name) ?? []),
    async item(key) {
      if (blocks.size === 0) await timeline();
      const [name, items] = [...blocks].at(-1) ?? ['', []];
      const index = items.findIndex((item) => item.key === key);
      const item = items[index];
      if (!item) throw new ApiError(words.grid.itemGone, 404);
      return { item, place: { block: name, index } };
    },
  };
}

/** The favourites in a library that are listed under some days, in its order. */
async function among(
  library: Library,
  favourites: Favourites,
  days: ReadonlySet<string | null> = new Set(favourites.values()),
): Promise<Found[]> {
  const { timeline } = library;
  if (!timeline) throw library.error;
  const found: Found[] = [];
  for (const [date, range] of rangesOf(timeline, days)) {
    const items = await library.items(range);
    // Numbers of an older timeline lead to other items.
    if (library.timeline !== timeline) return among(library, favourites);
    items.forEach((item, at) => {
      if (favourites.has(idOf(item.key))) found.push({ item, date, ratio: timeline.ratios.charAt(range[0] + at) });
    });
  }
  // Earlier versions noted the day of ingest for an item that is listed without a date.
  const more = found.length < favourites.size && !days.has(null) && timeline.days.some(({ date }) => date === null);
  return more ? among(library, favourites, new Set([...days, null])) : found;
}

/** What was found in one view, or in several that may have items in common: each once, the newest first. */
function joined([first = [], ...more]: readonly Found[][]): Found[] {
  if (more.length === 0) return first;
  const all = new Map([...first, ...more.flat()].map((each) => [each.item.key, each]));
  // Items without a date come last.
  const moment = ({ date, item }: Found) => `${date ?? ''} ${item.dateTaken ?? ''}`;
  return [...all.values()].sort((a, b) => (moment(a) < moment(b) ? 1 : moment(a) > moment(b) ? -1 : 0));
}

function daysOf(found: readonly Found[]): Day[] {
  const days: { date: string | null; count: number }[] = [];
  for (const { date } of found) {
    const last = days.at(-1);
    if (last?.date === date) last.count += 1;
    else days.push({ date, count: 1 });
  }
  return days;
}

/** The items of some days. */
function rangesOf({ days }: Timeline, wanted: ReadonlySet<string | null>): [date: string | null, range: Range][] {
  const ranges: [string | null, Range][] = [];
  let start = 0;
  for (const { date, count } of days) {
    if (wanted.has(date)) ranges.push([date, [start, start + count]]);
    start += count;
  }
  return ranges;
}
