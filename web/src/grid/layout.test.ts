import { describe, expect, it } from 'vitest';
import type { Media } from '../api/types.ts';
import { media } from '../testing.ts';
import { aspectOf, coverWidth, justify, rulesFor, srcset, standsIn, type Cell } from './layout.ts';

/** A small repeatable generator (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function cells(count: number, seed: number): Cell[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, index) => ({
    aspect: 0.4 + next() * (next() < 0.1 ? 4.6 : 1.4),
    starts: index === 0 || next() < 0.15,
  }));
}

describe('justify', () => {
  it('gives nothing for nothing', () => {
    expect(justify([], rulesFor(1000))).toEqual({ boxes: [], labels: [], height: 0 });
  });

  it('fills every row but the last to the pixel, keeps ratios, and overlaps nothing', () => {
    for (const width of [320, 390, 768, 1300, 1880]) {
      for (let seed = 1; seed <= 40; seed += 1) {
        const rules = rulesFor(width);
        const input = cells(60, seed);
        const { boxes, height } = justify(input, rules);
        const tops = [...new Set(boxes.map(({ top }) => top))];
        tops.forEach((top, row) => {
          const inRow = boxes.filter((box) => box.top === top);
          const end = Math.max(...inRow.map((box) => box.left + box.width));
          if (row < tops.length - 1) expect(end).toBe(width);
          else expect(end).toBeLessThanOrEqual(width);
          inRow.slice(1).forEach((box, at) => {
            const before = inRow[at];
            expect(before && box.left - before.left - before.width).toBeGreaterThanOrEqual(rules.gap - 1);
          });
          const below = tops[row + 1];
          for (const box of inRow) {
            expect(box.top + box.height).toBeLessThanOrEqual((below ?? height + rules.gap) - rules.gap);
          }
        });
        boxes.forEach((box, index) => {
          const aspect = input[index]?.aspect ?? 0;
          // Edges are on whole pixels, so a side is off by less than one.
          expect(Math.abs(box.width - aspect * box.height)).toBeLessThanOrEqual(1 + aspect);
        });
      }
    }
  });

  it('keeps rows near the wanted height', () => {
    const rules = rulesFor(1300);
    const input = Array.from({ length: 100 }, (_, index) => ({ aspect: [1.5, 0.67, 1.33][index % 3] ?? 1, starts: index === 0 }));
    for (const { height } of justify(input, rules).boxes) {
      expect(height).toBeGreaterThan(rules.row * 0.75);
      expect(height).toBeLessThan(rules.row * 1.36);
    }
  });

  it('moves nothing in full rows when items are appended', () => {
    const rules = rulesFor(1300);
    const input = cells(80, 3);
    const before = justify(input.slice(0, 50), rules).boxes;
    const after = justify(input, rules).boxes;
    const lastRow = before.at(-1)?.top;
    const settled = before.filter(({ top }) => top !== lastRow);
    expect(settled.length).toBeGreaterThan(30);
    expect(after.slice(0, settled.length)).toEqual(settled);
  });

  it('does not blow up a short last row', () => {
    const rules = rulesFor(1300);
    const [box] = justify([{ aspect: 1.5, starts: true }], rules).boxes;
    expect(box).toEqual({ left: 0, top: rules.label, width: Math.round(rules.row * 1.5), height: rules.row });
  });

  it('labels each run once, over its boxes in its first row', () => {
    const rules = rulesFor(1300);
    const input = cells(60, 9);
    const { boxes, labels } = justify(input, rules);
    expect(labels.map(({ index }) => index)).toEqual(input.flatMap(({ starts }, index) => (starts ? [index] : [])));
    for (const label of labels) {
      const box = boxes[label.index];
      expect(box && [box.left, box.top]).toEqual([label.left, label.top + rules.label]);
      expect(label.left + label.width).toBeLessThanOrEqual(rules.width);
      const nextInRow = labels.find(({ index, top }) => index > label.index && top === label.top);
      if (nextInRow) expect(label.left + label.width).toBeLessThan(nextInRow.left);
    }
  });
});

describe('aspectOf', () => {
  it('is width / height, cropped at the extremes', () => {
    expect(aspectOf({ width: 4000, height: 3000, type: 'image' })).toBeCloseTo(4 / 3);
    expect(aspectOf({ width: 20000, height: 1000, type: 'image' })).toBe(5);
    expect(aspectOf({ width: 100, height: 9000, type: 'image' })).toBe(0.4);
  });

  it('has a usual ratio for what is not known', () => {
    expect(aspectOf({ width: null, height: 100, type: 'image' })).toBe(1.5);
    expect(aspectOf({ width: 0, height: 0, type: 'video' })).toBeCloseTo(16 / 9);
  });
});

describe('srcset', () => {
  const all = { small: '/s', medium: '/m', large: '/l', screen: '/x' };
  const picture = (width: number, height: number, thumbnails: Media['thumbnails'] = all) =>
    srcset(media({ width, height, thumbnails }));

  it('names widths, not longest sides', () => {
    expect(picture(6000, 4000)).toBe('/s 150w, /m 400w, /l 800w, /x 2048w');
    expect(picture(2000, 4000)).toBe('/s 75w, /m 200w, /l 400w, /x 1024w');
  });
  it('knows that long pictures are sized by their shorter side', () => {
    expect(picture(16000, 1500)).toBe('/s 600w, /m 1600w, /l 3200w, /x 8192w');
    expect(picture(16000, 1500, { ...all, screen: null })).toBe('/s 150w, /m 400w, /l 800w');
  });
  it('names a picture once, by its real width', () => {
    expect(picture(600, 400, { small: '/s', medium: '/m', large: '/l', screen: '/l' })).toBe('/s 150w, /m 400w, /l 600w');
    expect(picture(64, 48, { small: '/s', medium: '/s', large: '/s', screen: '/s' })).toBe('/s 64w');
  });
  it('leaves out what there is not', () => {
    expect(picture(900, 900, { ...all, medium: null, screen: null })).toBe('/s 150w, /l 800w');
    expect(picture(900, 900, { small: null, medium: null, large: null, screen: null })).toBe('');
  });
});

describe('standsIn', () => {
  const stands = (width: number | null, naturalWidth: number) =>
    standsIn(media({ width, height: width && width / 2 }), { naturalWidth, naturalHeight: naturalWidth / 2 });

  it('knows a picture of another size', () => {
    expect(stands(4000, 800)).toBe(true);
    expect(stands(4000, 2048)).toBe(false);
  });
  it('takes a picture of half the size, and one that is not enlarged', () => {
    expect(stands(7000, 1024)).toBe(false);
    expect(stands(600, 600)).toBe(false);
    expect(stands(null, 800)).toBe(false);
  });
});

describe('coverWidth', () => {
  it('is wider than the box where the picture is cropped at its sides', () => {
    expect(coverWidth(media({ width: 3000, height: 2000 }), 300, 200)).toBe(300);
    expect(coverWidth(media({ width: 10000, height: 1000 }), 1000, 200)).toBe(2000);
    expect(coverWidth(media({ width: 1000, height: 10000 }), 80, 200)).toBe(80);
  });
});
