import type { Api } from '../api/client.ts';
import type { Day, Media, Timeline } from '../api/types.ts';
import type { Library, Range } from '../library/library.ts';
import { FAVOURITES } from '../route.ts';
import { encode, type Favourites } from './code.ts';
import { idOf } from './id.ts';

/**
 * Answers as the API does, for a view that the services do not know: the favourites among the items of another view.
 * Only the blocks are read in which the favourites' days are.
 */
export function favouriteSource(all: Library, wanted: () => Favourites): Pick<Api, 'timeline' | 'block' | 'item'> {
  const blocks = new Map<string, readonly Media[]>();
  return {
    async timeline() {
      await all.read();
      const { timeline } = all;
      if (!timeline) throw all.error;
      const favourites = wanted();
      const found: Media[] = [];
      let ratios = '';
      const days: Day[] = [];
      for (const [date, range] of rangesOf(timeline, new Set(favourites.values()))) {
        const before = found.length;
        const items = await all.items(range);
        items.forEach((item, at) => {
          if (!favourites.has(idOf(item.key))) return;
          found.push(item);
          ratios += timeline.ratios.charAt(range[0] + at);
        });
        if (found.length > before) days.push({ date, count: found.length - before });
      }
      const name = `${FAVOURITES}-${encode(favourites)}`;
      blocks.set(name, found);
      const version = `${timeline.version}-${name}`;
      return { ...timeline, version, view: FAVOURITES, count: found.length, days, ratios, blocks: found.length > 0 ? [{ name, count: found.length }] : [] };
    },
    block: (name) => Promise.resolve(blocks.get(name) ?? []),
    async item(key) {
      const [name, items] = [...blocks].at(-1) ?? ['', []];
      const index = items.findIndex((item) => item.key === key);
      const item = items[index];
      return item ? { item, place: { block: name, index } } : { ...(await all.locate(key)), place: null };
    },
  };
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
