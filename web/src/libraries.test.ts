import { describe, expect, it, vi } from 'vitest';
import { ApiError } from './api/client.ts';
import type { Media, Timeline } from './api/types.ts';
import { entryOf, type Favourites } from './favourites/code.ts';
import { Libraries } from './libraries.ts';
import { EVERYTHING, FAVOURITES } from './route.ts';
import { media, timeline } from './testing.ts';

const gone = () => Promise.reject(new ApiError('not there', 404));
const item = (key: string, day: string): Media => media({ key, taken: { day, source: 'exif', guess: false } });
const [A1, BOTH, B1, B2] = [
  item('a1', '2024-06-15'),
  item('both', '2024-06-14'),
  item('b1', '2024-06-16'),
  item('b2', '2024-06-14'),
] as const;
const ALBUMS: Readonly<Record<string, readonly Media[]>> = { 'album-a': [A1, BOTH], 'album-b': [B1, B2, BOTH] };
const own = (...items: readonly Media[]): Favourites => new Map(items.map(entryOf));

/** A link to two albums. What is asked for without a name is the first. */
function linked(favourites: Favourites = new Map()) {
  const views = Object.entries(ALBUMS).map(([name, items]) => ({ name, title: name, count: items.length }));
  const named = (view: string) => (view === EVERYTHING ? 'album-a' : view);
  const api = {
    timeline: vi.fn((view: string): Promise<Timeline> => {
      const [name, items] = [named(view), ALBUMS[named(view)]];
      if (!items) return gone();
      const days = items.map(({ taken }) => ({ date: taken?.day ?? null, count: 1 }));
      return Promise.resolve(timeline([[name, items.length]], { view: name, views, days }));
    }),
    block: vi.fn((name: string) => Promise.resolve(ALBUMS[name] ?? [])),
    item: vi.fn((key: string, view: string) => {
      const [name, items] = [named(view), ALBUMS[named(view)]];
      const found = Object.values(ALBUMS).flat().find((each) => each.key === key);
      if (!items || !found) return gone();
      const index = items.indexOf(found);
      return Promise.resolve({ item: found, place: index < 0 ? null : { block: name, index } });
    }),
  };
  return { api, libraries: new Libraries(api, () => favourites, () => undefined) };
}

describe('an item of a link to several albums', () => {
  it('is found in the view in which it was opened, and nothing else is asked for', async () => {
    const { api, libraries } = linked();
    expect(await libraries.find('b2', 'album-b')).toEqual({ name: 'album-b', index: 1 });
    expect(api.timeline.mock.calls).toEqual([['album-b']]);
  });

  it('is found in what the link shows first, and in any other view that it opens', async () => {
    expect(await linked().libraries.find('a1', EVERYTHING)).toEqual({ name: EVERYTHING, index: 0 });
    expect(await linked().libraries.find('b2', EVERYTHING)).toEqual({ name: 'album-b', index: 1 });
    expect(await linked().libraries.find('b2', 'album-gone')).toEqual({ name: 'album-b', index: 1 });
    expect(await linked().libraries.find('none', EVERYTHING)).toBeNull();
  });

  it('is not said to be gone when it could not be looked for', async () => {
    const { api, libraries } = linked();
    api.item.mockRejectedValue(new ApiError('down', 503));
    await expect(libraries.find('b2', EVERYTHING)).rejects.toThrow('down');
  });
});

describe('favourites of a link to several albums', () => {
  it('are those of all of them, each once, the newest first', async () => {
    const library = linked(own(A1, BOTH, B1, B2)).libraries.get(FAVOURITES);
    await library.read();
    const items = await library.items([0, library.count]);
    expect(items.map(({ key }) => key).sort()).toEqual(['a1', 'b1', 'b2', 'both']);
    expect(items.slice(0, 2)).toEqual([B1, A1]);
    expect(library.timeline?.days.map(({ count }) => count)).toEqual([1, 1, 2]);
    expect(library.timeline?.ratios).toHaveLength(4);
  });

  it('are found before they were read', async () => {
    const { libraries } = linked(own(B2));
    expect(await libraries.find('b2', FAVOURITES)).toEqual({ name: FAVOURITES, index: 0 });
    expect(await libraries.find('a1', FAVOURITES)).toEqual({ name: EVERYTHING, index: 0 });
  });
});

/** A gallery of one block, which may change. */
function gallery() {
  const items = [media({ key: 'x0' }), media({ key: 'x1' })];
  const views = [{ name: 'album-a', title: 'A', count: 2 }];
  const now = { block: 'x', favourites: own() };
  const api = {
    timeline: vi.fn(() => Promise.resolve(timeline([[now.block, 2]], { version: now.block, views }))),
    block: vi.fn((name: string) => (name === now.block ? Promise.resolve(items) : gone())),
    item: vi.fn(gone),
  };
  return { items, now, api, libraries: new Libraries(api, () => now.favourites, () => undefined) };
}

describe('favourites of everything', () => {
  it('are read from one view', async () => {
    const { now, api, items, libraries } = gallery();
    now.favourites = own(...items.slice(1));
    const library = libraries.get(FAVOURITES);
    await library.read();
    expect(library.count).toBe(1);
    expect(api.timeline.mock.calls).toHaveLength(1);
  });

  it('are found without a date, also if an earlier version noted the day of ingest', async () => {
    const { now, api, items, libraries } = gallery();
    const days = [{ date: '2024-06-15', count: 1 }, { date: null, count: 1 }];
    api.timeline.mockImplementation(() => Promise.resolve(timeline([['x', 2]], { version: 'x', days })));
    const taken = { day: '2026-01-02', source: 'ingest', guess: true };
    const noted = own(item('x1', taken.day));
    const undated = own(media({ key: 'x1', taken, dateTaken: null }));
    const both = new Map([...noted, ...own(...items.slice(0, 1))]);
    for (const favourites of [noted, undated, both]) {
      now.favourites = favourites;
      const library = libraries.get(FAVOURITES);
      await library.refresh();
      expect(library.count).toBe(favourites.size);
      expect(library.timeline?.days.at(-1)).toEqual({ date: null, count: 1 });
    }
  });

  it('are all there after hearts in quick succession', async () => {
    const { api, now, items, libraries } = gallery();
    const library = libraries.get(FAVOURITES);
    await library.read();
    let second: Promise<void> | undefined;
    api.block.mockImplementationOnce(() => {
      now.favourites = own(...items);
      second = library.refresh();
      return Promise.resolve(items);
    });
    now.favourites = own(...items.slice(1));
    await library.refresh();
    await second;
    expect(library.count).toBe(2);
  });

  it('are read from what the library has become', async () => {
    const { now, items, libraries } = gallery();
    await libraries.get(EVERYTHING).read();
    now.favourites = own(...items);
    now.block = 'y';
    const library = libraries.get(FAVOURITES);
    await library.read();
    expect([library.status, library.count]).toEqual(['ready', 2]);
    expect(libraries.get(EVERYTHING).timeline?.version).toBe('y');
  });
});
