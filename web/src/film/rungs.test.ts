import { describe, expect, it } from 'vitest';
import { ahead, prompt } from './rungs.ts';

describe('ahead', () => {
  it('keeps to 30 s, the last segment included', () => expect(ahead(2_000_000, 4)).toBe(26));
  it('keeps to 20 MB where these are less', () => expect(ahead(16_000_000, 4)).toBe(6));
  it('buffers a segment at least', () => expect(ahead(400_000_000, 4)).toBe(4));
});

describe('prompt', () => {
  const rungs = [{ bitrate: 800_000 }, { bitrate: 2_500_000 }, { bitrate: 5_000_000 }];
  it.each([
    ['the best that arrives in half a second', 10_000_000, 1, 2, 2],
    ['a cheaper one over a slow network', 5_000_000, 1, 2, 1],
    ['a cheaper one of longer segments', 10_000_000, 4, 2, 0],
    ['none beyond the screen', 100_000_000, 1, 1, 1],
    ['the cheapest if none is in time', 100_000, 4, 2, 0],
  ])('is %s', (_, estimate, segment, most, rung) => expect(prompt(rungs, estimate, segment, most)).toBe(rung));
  it('loads no megabyte of a film that nobody has started', () => {
    expect(prompt(rungs, 1e9, 4, 2, true)).toBe(0);
    expect(prompt(rungs, 1e9, 1, 2, true)).toBe(2);
  });
});
