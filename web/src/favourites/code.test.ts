import { describe, expect, it } from 'vitest';
import { media } from '../testing.ts';
import { decode, dayOf, encode, type Favourites } from './code.ts';
import { idOf } from './id.ts';

const of = (count: number, day: (at: number) => string | null): Favourites =>
  new Map(Array.from({ length: count }, (_, at) => [idOf(`2024/${at}.jpg`), day(at)]));
const sorted = (favourites: Favourites) => [...favourites].sort(([a], [b]) => (a < b ? -1 : 1));

describe('the code of favourites', () => {
  it.each([
    ['none', of(0, () => null)],
    ['one', of(1, () => '2024-06-15')],
    ['many of a day', of(200, () => '2024-06-15')],
    ['each of another day', of(100, (at) => new Date(Date.UTC(2024, 5, 1 + at)).toISOString().slice(0, 10))],
    ['old ones', of(5, (at) => `19${10 + at * 20}-01-01`)],
    ['without dates', of(70, () => null)],
    ['of all kinds', of(90, (at) => (at % 3 === 0 ? null : at % 3 === 1 ? '1899-12-31' : '2024-02-29'))],
  ])('brings back %s', (_, favourites) => {
    const code = encode(favourites);
    expect(code).toMatch(/^[\w-]*$/);
    expect(sorted(decode(code))).toEqual(sorted(favourites));
  });

  it('leaves a link of two hundred short, even if each is of another day', () => {
    const day = (at: number) => new Date(Date.UTC(2024, 5, 1 - at * 17)).toISOString().slice(0, 10);
    const link = `https://gallery.anna-and-ben.example/#/favourites/${encode(of(200, day))}`;
    expect(link.length).toBeLessThan(2000);
  });

  it('is read as far as it can be read, and not without end', () => {
    expect([...decode('AAB').keys()]).toEqual([]);
    expect([...decode('!!!!').keys()]).toEqual([]);
    const code = encode(of(3, () => '2024-06-15'));
    expect(decode(code.slice(0, -1)).size).toBe(2);
    expect(decode(code.repeat(3000)).size).toBeLessThanOrEqual(2000);
  });
});

describe('the day of an item', () => {
  it('is that under which it is listed', () => {
    const taken = { day: '2024-06-16', source: 'exif', guess: false };
    expect(dayOf(media({ taken, dateTaken: '2024-06-15T23:00:00' }))).toBe('2024-06-16');
    expect(dayOf(media({ dateTaken: '2024-06-15T23:00:00' }))).toBe('2024-06-15');
    expect(dayOf(media({ dateTaken: null }))).toBeNull();
  });

  it('is none where only the ingest tells a day', () => {
    const taken = { day: '2026-01-02', source: 'ingest', guess: true };
    expect(dayOf(media({ taken, dateTaken: null }))).toBeNull();
  });
});
