import { describe, expect, it } from 'vitest';
import { timeline } from '../testing.ts';
import { indexAt, placeFrom, placeOf } from './place.ts';

const days = [{ date: '2024-06-15', count: 10 }, { date: '2024-06-13', count: 4 }, { date: null, count: 2 }];
const one = timeline([['a', 16]], { days });
const other = timeline([['b', 33]], {
  version: 'fedcba9876543210',
  days: [{ date: '2024-06-20', count: 7 }, { date: '2024-06-15', count: 20 }, { date: '2024-06-12', count: 4 }, { date: null, count: 2 }],
});

describe('a place', () => {
  it('is the same item in the same timeline', () => {
    for (let index = 0; index < 16; index += 1) expect(indexAt(one, placeOf(one, index, null, 0))).toBe(index);
  });

  it('is as far in its day in another timeline', () => {
    expect(indexAt(other, placeOf(one, 0, 'a', 0))).toBe(7);
    expect(indexAt(other, placeOf(one, 5, 'a', 0))).toBe(17);
    expect(indexAt(other, placeOf(one, 15, null, 0))).toBe(32);
  });

  it('is that of the next older item where its day is gone', () => {
    expect(indexAt(other, placeOf(one, 11, 'a', 0))).toBe(27);
  });

  it('outlives a reload', () => {
    const place = placeOf(one, 5, 'a.jpg', -12.5);
    expect(placeFrom(JSON.parse(JSON.stringify(place)))).toEqual(place);
    for (const broken of [null, 3, {}, { ...place, index: '3' }]) expect(placeFrom(broken)).toBeNull();
  });
});
