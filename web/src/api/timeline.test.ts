import { describe, expect, it } from 'vitest';
import { parseTimeline } from './timeline.ts';

const answer = (given: object = {}): object => ({
  version: '0123456789abcdef',
  title: 'Anna & Ben',
  subtitle: null,
  cover: null,
  views: [{ name: 'everything', title: null, count: 3 }],
  view: 'everything',
  count: 3,
  days: [['2024-06-15', 2], ['2024-06-14', 1]],
  ratios: 'P#~',
  blocks: [['everything.00', 1], ['everything.01', 2]],
  ...given,
});

describe('parseTimeline', () => {
  it('reads what a link allows', () => {
    expect(parseTimeline(answer({ link: { originals: false, download: true } }))).toMatchObject({ originals: false, download: true });
    expect(parseTimeline(answer({ link: {} }))).toMatchObject({ originals: false, download: false });
  });

  it('reads a timeline as the API documents it', () => {
    expect(parseTimeline(answer())).toEqual({
      version: '0123456789abcdef',
      title: 'Anna & Ben',
      subtitle: null,
      cover: null,
      views: [{ name: 'everything', title: null, count: 3 }],
      view: 'everything',
      originals: true,
      download: true,
      count: 3,
      days: [{ date: '2024-06-15', count: 2 }, { date: '2024-06-14', count: 1 }],
      ratios: 'P#~',
      blocks: [{ name: 'everything.00', count: 1 }, { name: 'everything.01', count: 2 }],
    });
  });

  it('knows no date but a day, and no empty title', () => {
    const days = [[null, 1], ['', 1], ['2024:06:15', 1]];
    expect(parseTimeline(answer({ days })).days.map(({ date }) => date)).toEqual([null, null, '2024-06-15']);
    expect(parseTimeline(answer({ title: '' })).title).toBeNull();
  });

  it.each([
    ['days', { days: [['2024-06-15', 2]] }],
    ['ratios', { ratios: 'PP' }],
    ['blocks', { blocks: [] }],
  ])('refuses %s that do not add up', (at, given) => {
    expect(() => parseTimeline(answer(given))).toThrow(`${at} is not of 3 items`);
  });

  it.each([
    ['a count that is no number', { count: '3' }, 'count is not an amount'],
    ['half an item', { blocks: [['x', 0.5]] }, 'blocks[0][1] is not a whole number'],
    ['a block that is no pair', { blocks: ['x'] }, 'blocks[0] is not a pair'],
    ['a block without a name', { blocks: [[null, 3]] }, 'blocks[0][0] is not a string'],
    ['no view', { view: null }, 'view is not a string'],
    ['no version', { version: null }, 'version is not a string'],
  ])('refuses %s', (_, given, message) => {
    expect(() => parseTimeline(answer(given))).toThrow(message);
  });
});
