import { describe, expect, it } from 'vitest';
import { byMonth } from './months.ts';

const day = (date: string | null, count = 1) => ({ date, count });

describe('byMonth', () => {
  it('keeps the order and every item, and knows where months and days begin', () => {
    const months = byMonth([day('2024-06-16', 8), day('2024-06-15', 3), day('2024-05-31')]);
    expect(months.map(({ id, date, start, end }) => [id, date, start, end])).toEqual([
      ['2024-06', '2024-06-16', 0, 11],
      ['2024-05', '2024-05-31', 11, 12],
    ]);
    expect(months.map(({ days }) => [...days])).toEqual([[[0, '2024-06-16'], [8, '2024-06-15']], [[11, '2024-05-31']]]);
  });

  it('has a place for what has no date at all', () => {
    expect(byMonth([day(null, 2)])).toMatchObject([{ id: '', date: null, start: 0, end: 2 }]);
  });

  it('gives a month twice rather than reorder', () => {
    const months = byMonth([day('2024-06-01', 9), day('2023-01-01'), day('2024-06-02', 9)]);
    expect(months.map(({ id }) => id)).toEqual(['2024-06', '2023-01', '2024-06']);
  });

  it('puts small neighbours together, until they are many', () => {
    const months = byMonth([day('2024-06-01', 3), day('2024-05-01', 4), day('2024-02-01', 5), day('2024-01-01', 2)]);
    expect(months.map(({ date, until, start, end }) => [date, until, start, end])).toEqual([
      ['2024-06-01', '2024-02-01', 0, 12],
      ['2024-01-01', '2024-01-01', 12, 14],
    ]);
    expect([...(months[0]?.days.keys() ?? [])]).toEqual([0, 3, 7]);
  });

  it('leaves alone what has no date, and a month with many items', () => {
    expect(byMonth([day('2024-06-01', 2), day(null, 2)])).toHaveLength(2);
    expect(byMonth([day('2024-06-01', 2), day('2024-05-01', 20), day('2024-04-01', 2)])).toHaveLength(3);
  });

  it('has no month for a day without items', () => expect(byMonth([day('2024-06-01', 0)])).toEqual([]));
});
