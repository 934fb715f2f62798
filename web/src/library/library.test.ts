import { describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/client.ts';
import type { Located, Timeline } from '../api/types.ts';
import { media, timeline } from '../testing.ts';
import { Library } from './library.ts';

/** The items of the blocks `a`, `b` and `c`. */
const KEYS: Readonly<Record<string, string[]>> = { a: ['a0', 'a1'], b: ['b0', 'b1', 'b2'], c: ['c0'] };
const WHOLE = timeline([['a', 2], ['b', 3], ['c', 1]]);
const settled = () => new Promise((done) => setTimeout(done, 20));

function of(...timelines: (Timeline | Error)[]) {
  const rest = [...timelines];
  const api = {
    timeline: vi.fn((_: string) => {
      const next = rest.length > 1 ? rest.shift() : rest[0];
      return next instanceof Error || !next ? Promise.reject(next) : Promise.resolve(next);
    }),
    block: vi.fn((name: string) => {
      const keys = KEYS[name];
      return keys ? Promise.resolve(keys.map((key) => media({ key }))) : Promise.reject(new ApiError('gone', 404));
    }),
    item: vi.fn((key: string, _: string): Promise<Located> => {
      const [block, keys] = Object.entries(KEYS).find(([, its]) => its.includes(key)) ?? [];
      if (!block || !keys) return Promise.reject(new ApiError('no such item', 404));
      return Promise.resolve({ item: media({ key }), place: { block, index: keys.indexOf(key) } });
    }),
  };
  return { library: new Library(api, 'photos'), api };
}
const keys = (library: Library) => Array.from({ length: library.count }, (_, at) => library.at(at)?.key ?? null);

describe('Library', () => {
  it('reads its timeline once', async () => {
    const { library, api } = of(WHOLE);
    expect([library.status, library.count]).toEqual(['idle', 0]);
    await Promise.all([library.read(), library.read()]);
    await library.read();
    expect(api.timeline).toHaveBeenCalledExactlyOnceWith('photos');
    expect([library.status, library.count, library.at(0)]).toEqual(['ready', 6, null]);
    expect(api.block).not.toHaveBeenCalled();
  });

  it('says that it failed, and can be read then', async () => {
    const { library } = of(new Error('down'), WHOLE);
    await library.read();
    expect([library.status, (library.error as Error).message]).toEqual(['failed', 'down']);
    library.retry();
    await settled();
    expect([library.status, library.error]).toEqual(['ready', null]);
  });

  it('reads the blocks of the items that are wanted', async () => {
    const { library, api } = of(WHOLE);
    await library.read();
    library.want([3, 4], [3, 4]);
    await settled();
    expect(keys(library)).toEqual([null, null, 'b0', 'b1', 'b2', null]);
    expect([library.indexOf('b1'), library.indexOf('a0')]).toEqual([3, -1]);
    library.want([4, 6], [-9, 99]);
    await settled();
    expect(keys(library)).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'c0']);
    expect(api.block.mock.calls.map(([name]) => name)).toEqual(['b', 'c', 'a']);
  });

  it('has nothing outside its bounds', async () => {
    const { library } = of(WHOLE);
    await library.read();
    library.want([0, 6], [0, 6]);
    await settled();
    expect([library.at(-1), library.at(6)]).toEqual([null, null]);
  });

  it('does not take a block of another length', async () => {
    const { library, api } = of(timeline([['a', 3]]));
    await library.read();
    library.want([0, 1], [0, 1]);
    await settled();
    expect(api.block).toHaveBeenCalledOnce();
    expect(library.at(0)).toBeNull();
    library.rest();
  });

  it('finds an item anywhere by one request, and shows it before its block', async () => {
    const { library, api } = of(WHOLE);
    expect(await library.find('b2')).toBe(4);
    expect(library.at(4)?.key).toBe('b2');
    expect(await library.find('b2')).toBe(4);
    expect(api.item).toHaveBeenCalledExactlyOnceWith('b2', 'photos');
    expect(api.timeline).toHaveBeenCalledOnce();
    expect(api.block).not.toHaveBeenCalled();
  });

  it('says when an item is not there, and when it could not look', async () => {
    const { library, api } = of(WHOLE);
    expect(await library.find('z')).toBeNull();
    api.item.mockResolvedValueOnce({ item: media({ key: 'z' }), place: null });
    expect(await library.find('z')).toBeNull();
    api.item.mockRejectedValueOnce(new ApiError('down', 503));
    await expect(library.find('c0')).rejects.toThrow('down');
    await expect(of(new Error('no timeline')).library.find('a0')).rejects.toThrow('no timeline');
  });

  it('finds an item in the blocks that are kept, where there is no connection and only there', async () => {
    const { library, api } = of(WHOLE);
    const lost = new ApiError('no answer', 0);
    api.item.mockRejectedValue(lost);
    // The first block was never seen.
    const keptOf = (name: string) => (KEYS[name] ?? []).map((key) => media({ key }));
    api.block.mockImplementation((name: string) => (name === 'a' ? Promise.reject(lost) : Promise.resolve(keptOf(name))));
    vi.stubGlobal('navigator', { onLine: true });
    await expect(library.find('b2')).rejects.toThrow('no answer');
    expect(api.block).not.toHaveBeenCalled();
    vi.stubGlobal('navigator', { onLine: false });
    expect(await library.find('b2')).toBe(4);
    expect(library.at(4)?.key).toBe('b2');
    await expect(library.find('a0')).rejects.toThrow('no answer');
    vi.unstubAllGlobals();
  });

  it('reads the timeline again for an item of a newer one', async () => {
    const { library } = of(timeline([['a', 2], ['c', 1]], { version: 'old' }), WHOLE);
    expect(await library.find('b0')).toBe(2);
    expect(library.timeline).toBe(WHOLE);
  });

  it('reads the timeline again when a block is gone, and keeps the blocks that stayed', async () => {
    const { library, api } = of(timeline([['x', 1], ['b', 3], ['c', 1]], { version: 'old' }), WHOLE);
    await library.read();
    library.want([1, 4], [1, 4]);
    await settled();
    expect(library.indexOf('b0')).toBe(1);
    const listener = vi.fn();
    library.subscribe(listener);
    library.want([0, 1], [0, 1]);
    await settled();
    expect(library.timeline).toBe(WHOLE);
    expect([library.indexOf('b0'), library.at(2)?.key]).toEqual([2, 'b0']);
    expect(listener).toHaveBeenCalled();
    expect(api.timeline).toHaveBeenCalledTimes(2);
    expect(api.block.mock.calls.filter(([name]) => name === 'b')).toHaveLength(1);
  });

  it('keeps what it has when the timeline cannot be read again', async () => {
    const { library } = of(timeline([['x', 1], ['b', 3]]), new Error('down'));
    await library.read();
    library.want([0, 4], [0, 4]);
    await settled();
    expect([library.status, library.at(1)?.key]).toEqual(['ready', 'b0']);
    library.rest();
  });

  it('reads the timeline once more for who asks while an answer is on its way', async () => {
    const { library, api } = of(timeline([], { version: 'old' }), timeline([], { version: 'older' }), WHOLE);
    // The first answer may have been made before the change.
    await Promise.all([library.read(), library.refresh(), library.refresh()]);
    expect(api.timeline).toHaveBeenCalledTimes(2);
    await Promise.all([library.refresh(), library.refresh(), library.refresh()]);
    expect(api.timeline).toHaveBeenCalledTimes(4);
    expect(library.timeline).toBe(WHOLE);
  });

  it('tries again to read the timeline again', async () => {
    vi.useFakeTimers();
    const { library, api } = of(timeline([], { version: 'old' }), new ApiError('down', 503), WHOLE);
    await library.read();
    await library.refresh();
    expect(library.timeline).not.toBe(WHOLE);
    await vi.advanceTimersByTimeAsync(1000);
    expect(library.timeline).toBe(WHOLE);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(api.timeline).toHaveBeenCalledTimes(3);
    vi.useRealTimers();
  });

  it('reads the timeline again when items are asked for whose block is gone', async () => {
    const { library } = of(timeline([['x', 1], ['b', 3]], { version: 'old' }), WHOLE);
    await library.read();
    await expect(library.items([0, 4])).rejects.toThrow('gone');
    await settled();
    expect(library.timeline).toBe(WHOLE);
    expect(await library.items([0, 2])).toHaveLength(2);
  });

  it('knows when the library has changed', async () => {
    const { library } = of(timeline([], { version: 'old' }), timeline([], { version: 'old' }), timeline([]));
    expect(await library.isStale()).toBe(false);
    await library.read();
    expect(await library.isStale()).toBe(false);
    expect(await library.isStale()).toBe(true);
  });

  const sessions: Partial<Timeline>[] = [
    { view: 'album' },
    { views: [{ name: 'films', title: null, count: 1 }] },
    { cover: 'a0' },
    { originals: false },
    { download: false },
  ];
  it.each(sessions)('follows a session that opens something else of the same library: %o', async (session) => {
    const other = timeline([['a', 2]], session);
    const { library } = of(WHOLE, other);
    await library.read();
    expect(await library.isStale()).toBe(true);
    await library.refresh();
    expect([library.timeline, library.count]).toEqual([other, 2]);
    expect(await library.isStale()).toBe(false);
  });

  it('tells its listeners until they leave', async () => {
    const { library } = of(WHOLE);
    const listener = vi.fn();
    const leave = library.subscribe(listener);
    await library.read();
    expect(listener).toHaveBeenCalledTimes(2);
    leave();
    library.want([0, 1], [0, 1]);
    await settled();
    expect(listener).toHaveBeenCalledTimes(2);
  });
});
