import { afterEach, expect, it, vi } from 'vitest';
import { media } from '../testing.ts';
import { entryOf } from './code.ts';
import { favourites } from './kept.ts';

afterEach(() => vi.unstubAllGlobals());

it('thousands of favourites are all there after a reload', () => {
  const kept = new Map<string, string>();
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
  });
  const many = new Map(Array.from({ length: 5000 }, (_, at) => entryOf(media({ key: `${at}.jpg` }))));
  favourites().value = many;
  expect(favourites().value).toEqual(many);
});
