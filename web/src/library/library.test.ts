import { describe, expect, it, vi } from 'vitest';
import type { MediaQuery } from './api/client.ts';
import type { Page } from './api/types.ts';
import { Library } from './library.ts';
import { media } from './testing.ts';

const page = (keys: string[], nextCursor: string | null): Page => ({ items: keys.map((key) => media({ key })), nextCursor });

function of(...pages: (Page | Error)[]) {
  const rest = [...pages];
  const read = vi.fn((_: MediaQuery) => {
    const next = rest.shift();
    return next instanceof Error || next === undefined ? Promise.reject(next ?? new Error('too many')) : Promise.resolve(next);
  });
  return { library: new Library({ media: read }, null), read };
}

describe('Library', () => {
  it('follows the cursor to the end, then asks no more', async () => {
    const { library, read } = of(page(['a', 'b'], 'c1'), page(['c'], null));
    await library.more();
    expect(library.status).toBe('idle');
    await library.more();
    await library.more();
    expect(library.status).toBe('complete');
    expect(library.items.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(read.mock.calls.map(([query]) => query.cursor)).toEqual([null, 'c1']);
  });

  it('reads one page at a time', async () => {
    const { library, read } = of(page(['a'], 'c1'));
    await Promise.all([library.more(), library.more()]);
    expect(read).toHaveBeenCalledOnce();
  });

  it('keeps what it has when a page fails, and goes on from there', async () => {
    const { library, read } = of(page(['a'], 'c1'), new Error('down'), page(['b'], null));
    await library.more();
    await library.more();
    expect([library.status, library.items.length, (library.error as Error).message]).toEqual(['failed', 1, 'down']);
    await library.more();
    expect([library.status, library.items.length, library.error]).toEqual(['complete', 2, null]);
    expect(read.mock.calls.map(([query]) => query.cursor)).toEqual([null, 'c1', 'c1']);
  });

  it('shows an item once that comes on two pages', async () => {
    const { library } = of(page(['a', 'b'], 'c1'), page(['b', 'c'], null));
    await library.more();
    await library.more();
    expect(library.items.map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(library.indexOf('c')).toBe(2);
  });

  it('reads on until it finds a key', async () => {
    const { library } = of(page(['a'], 'c1'), page(['b'], 'c2'));
    expect((await library.find('b'))?.key).toBe('b');
    expect(library.status).toBe('idle');
  });

  it('says when a key is not there, and when it could not look', async () => {
    expect(await of(page(['a'], null)).library.find('z')).toBeNull();
    const { library } = of(page(['a'], 'c1'), new Error('down'));
    expect(await library.find('z')).toBeNull();
    expect(library.status).toBe('failed');
  });

  it('reads an item anew from the page it came with', async () => {
    const fresh = { items: [media({ key: 'b', hls: '/new' }), media({ key: 'c' })], nextCursor: null };
    const { library, read } = of(page(['a'], 'c1'), page(['b'], 'c2'), fresh, page(['x'], null), new Error('down'));
    await library.more();
    await library.more();
    expect((await library.renew('b'))?.hls).toBe('/new');
    expect(library.items.map(({ key, hls }) => [key, hls])).toEqual([['a', null], ['b', '/new']]);
    expect(await library.renew('a')).toBeNull();
    expect(await library.renew('z')).toBeNull();
    expect(read.mock.calls.map(([query]) => query.cursor)).toEqual([null, 'c1', 'c1', null]);
    await expect(library.renew('b')).rejects.toThrow('down');
    expect(library.status).toBe('idle');
  });

  it('tells its listeners until they leave', async () => {
    const { library } = of(page(['a'], 'c1'), page(['b'], null));
    const listener = vi.fn();
    const leave = library.subscribe(listener);
    await library.more();
    expect(listener).toHaveBeenCalledTimes(2);
    leave();
    await library.more();
    expect(listener).toHaveBeenCalledTimes(2);
  });
});
