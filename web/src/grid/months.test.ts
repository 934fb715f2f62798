import { describe, expect, it } from 'vitest';
import { byMonth } from './months.ts';

const day = (date: string | null, count = 1) => ({ date, count });

describe('byMonth', () => {
  it('keeps the order and every item, and knows where months and days begin', () => {
    const months = byMonth([day('2024-06-16', 2), day('2024-06-15', 3), day('2024-05-31')]);
    expect(months.map(({ id, date, start, end }) => [id, date, start, end])).toEqual([
      ['2024-06', '2024-06-16', 0, 5],
      ['2024-05', '2024-05-31', 5, 6],
    ]);
    expect(months.map(({ days }) => [...days])).toEqual([[[0, '2024-06-16'], [2, '2024-06-15']], [[5, '2024-05-31']]]);
  });

  it('has a place for what has no date at all', () => {
    expect(byMonth([day(null, 2)])).toMatchObject([{ id: '', date: null, start: 0, end: 2 }]);
  });

  it('gives a month twice rather than reorder', () => {
    const months = byMonth([day('2024-06-01'), day('2023-01-01'), day('2024-06-02')]);
    expect(months.map(({ id }) => id)).toEqual(['2024-06', '2023-01', '2024-06']);
  });

  it('has no month for a day without items', () => expect(byMonth([day('2024-06-01', 0)])).toEqual([]));
});
