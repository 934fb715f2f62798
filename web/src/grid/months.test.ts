import { describe, expect, it } from 'vitest';
import { media } from '../testing.ts';
import { byMonth, dayStarts } from './group.ts';

const taken = (dateTaken: string | null, uploadedAt = '2023-01-01T00:00:00Z') => media({ dateTaken, uploadedAt });

describe('byMonth', () => {
  it('keeps the order and every item, and knows where a month begins', () => {
    const items = [taken('2024-06-16T10:00:00'), taken('2024-06-15T23:59:59'), taken('2024-05-31T00:00:00')];
    const months = byMonth(items);
    expect(months.map(({ id, start, items: { length } }) => [id, start, length])).toEqual([
      ['2024-06', 0, 2],
      ['2024-05', 2, 1],
    ]);
    expect(months.flatMap((month) => month.items)).toEqual(items);
  });

  it('falls back to the upload where no date was taken', () => {
    expect(byMonth([taken(null, '2025-12-31T23:30:00Z')])[0]?.id).toBe('2025-12');
  });

  it("goes by the day in the library's time zone", () => {
    const item = (dateTaken: string, day: string) => media({ dateTaken, taken: { day, source: 'exif', guess: false } });
    const items = [item('2024-07-01T00:30:00+09:00', '2024-06-30'), item('2024-06-30T10:00:00', '2024-06-30')];
    expect(byMonth(items).map(({ id, date }) => [id, date])).toEqual([['2024-06', '2024-06-30']]);
    expect(dayStarts(items)).toEqual([true, false]);
  });

  it('knows no day for what was only ingested then', () => {
    const taken = { day: '2026-11-28', source: 'ingest', guess: true };
    expect(byMonth([media({ dateTaken: null, taken })])).toMatchObject([{ id: '', date: null }]);
  });

  it('has a place for what has no date at all', () => {
    expect(byMonth([media({ dateTaken: null, uploadedAt: null })])).toMatchObject([{ id: '', date: null }]);
  });

  it('gives a month twice rather than reorder', () => {
    const months = byMonth([taken('2024-06-01T00:00:00'), taken('2023-01-01T00:00:00'), taken('2024-06-02T00:00:00')]);
    expect(months.map(({ id }) => id)).toEqual(['2024-06', '2023-01', '2024-06']);
  });
});

describe('dayStarts', () => {
  it('marks the first item of each day', () => {
    const days = ['2024-06-16T10:00:00', '2024-06-16T09:00:00', '2024-06-15T09:00:00', '2024-06-15T08:00:00'];
    expect(dayStarts(days.map((day) => taken(day)))).toEqual([true, false, true, false]);
  });
});
