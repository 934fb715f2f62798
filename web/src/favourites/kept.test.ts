import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { media } from '../testing.ts';
import { entryOf } from './code.ts';
import { favourites } from './kept.ts';

const kept = new Map<string, string>();

beforeEach(() => {
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
});
afterEach(() => {
  kept.clear();
  vi.unstubAllGlobals();
});

const some = (...keys: string[]) => new Map(keys.map((key) => entryOf(media({ key }))));

it('thousands of favourites are all there after a reload', () => {
  const many = some(...Array.from({ length: 5000 }, (_, at) => `${at}.jpg`));
  favourites().value = many;
  expect(favourites().value).toEqual(many);
});

it('two galleries of one origin have favourites of their own', () => {
  const [a, b] = [favourites('/a/'), favourites('/b/')];
  a.value = some('a.jpg');
  expect(b.value.size).toBe(0);
  b.value = some('b.jpg', 'c.jpg');
  expect(['/a/', '/b/', '/'].map((home) => favourites(home).value.size)).toEqual([1, 2, 0]);
});

it('a gallery below a path takes over once what an earlier version kept, and leaves it there', () => {
  favourites('/').value = some('a.jpg');
  const below = favourites('/a/');
  expect(below.value).toEqual(some('a.jpg'));
  favourites('/').value = some('a.jpg', 'b.jpg');
  expect(favourites('/a/').value).toEqual(some('a.jpg'));
  below.value = new Map();
  expect([favourites('/a/').value.size, favourites('/').value.size]).toEqual([0, 2]);
});
