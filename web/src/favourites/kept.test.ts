import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { media } from '../testing.ts';
import { entryOf } from './code.ts';
import { favourites } from './kept.ts';

const kept = new Map<string, string>();
const listeners = new Map<string, (event: object) => void>();

beforeEach(() => {
  vi.stubGlobal('addEventListener', (type: string, listener: (event: object) => void) => listeners.set(type, listener));
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
});
afterEach(() => {
  kept.clear();
  listeners.clear();
  vi.unstubAllGlobals();
});

const some = (...keys: string[]) => new Map(keys.map((key) => entryOf(media({ key }))));

it('thousands of favourites are all there after a reload', () => {
  const many = some(...Array.from({ length: 5000 }, (_, at) => `${at}.jpg`));
  favourites().value = many;
  expect(favourites().value).toEqual(many);
});

it('a page that comes back as it was left reads them again, so that newer hearts stay', () => {
  const left = favourites();
  const shown = listeners.get('pageshow');
  favourites().value = some('a.jpg');
  shown?.({ persisted: false });
  expect(left.value.size).toBe(0);
  shown?.({ persisted: true });
  left.value = new Map([...left.value, ...some('b.jpg')]);
  expect(favourites().value).toEqual(some('a.jpg', 'b.jpg'));
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
