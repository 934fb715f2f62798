import { describe, expect, it } from 'vitest';
import { Shelf } from './shelf.ts';

describe('the shelf', () => {
  it('lets go what was not seen for the longest time', () => {
    const shelf = new Shelf({ bytes: 100, entries: 3 });
    expect([shelf.add('a', 40), shelf.add('b', 40), shelf.add('c', 10)]).toEqual([[], [], []]);
    shelf.touch('a');
    expect(shelf.add('d', 10)).toEqual(['b']);
    expect(shelf.add('e', 90)).toEqual(['c', 'a']);
    expect([shelf.urls(), shelf.bytes]).toEqual([['d', 'e'], 100]);
  });

  it('lets go last what everything else needs', () => {
    const shelf = new Shelf({ bytes: 100, entries: 3, last: 'time' });
    for (const url of ['timeline', 'a', 'timeline?b']) shelf.add(url, 1);
    expect([shelf.add('c', 1), shelf.add('d', 1)]).toEqual([['a'], ['c']]);
    expect(shelf.add('timeline?e', 1)).toEqual(['d']);
    expect(shelf.add('timeline?f', 1)).toEqual(['timeline']);
  });

  it('counts an entry once, and keeps none that is too large', () => {
    const shelf = new Shelf({ bytes: 100, entries: 9 });
    shelf.add('a', 60);
    expect(shelf.add('a', 70)).toEqual([]);
    expect(shelf.bytes).toBe(70);
    expect(shelf.add('b', 101)).toEqual(['a', 'b']);
    expect([shelf.urls(), shelf.bytes]).toEqual([[], 0]);
    shelf.touch('b');
    shelf.remove('b');
    expect(shelf.has('b')).toBe(false);
  });

  it('goes on after it was written and read', () => {
    const shelf = new Shelf({ bytes: 9, entries: 2 });
    shelf.add('a', 1);
    shelf.add('b', 2);
    shelf.touch('a');
    const again = new Shelf({ bytes: 9, entries: 2 }, JSON.parse(JSON.stringify(shelf)) as ReturnType<Shelf['toJSON']>);
    expect([again.bytes, again.add('c', 3)]).toEqual([3, ['b']]);
  });
});
