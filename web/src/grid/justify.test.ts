import { describe, expect, it } from 'vitest';
import { justify, type Box, type Layout } from './justify.ts';
import { rulesFor } from './layout.ts';

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

interface Input {
  readonly aspects: readonly number[];
  readonly runs: readonly number[];
}

/** Pictures of many shapes in runs of many lengths. */
function input(count: number, seed: number, chance = 0.15): Input {
  const next = random(seed);
  const aspects = Array.from({ length: count }, () => 0.4 + next() * (next() < 0.1 ? 4.6 : 1.4));
  return { aspects, runs: aspects.flatMap((_, index) => (index === 0 || next() < chance ? [index] : [])) };
}

const boxesOf = (layout: Layout): Box[] => Array.from({ length: layout.count }, (_, index) => layout.box(index) as Box);
const rowsOf = (boxes: readonly Box[]) => [...new Set(boxes.map(({ top }) => top))].map((top) => boxes.filter((box) => box.top === top));
const endOf = (row: readonly Box[]) => Math.max(...row.map((box) => box.left + box.width));

describe('justify', () => {
  it('gives nothing for nothing', () => {
    expect(justify([], [], rulesFor(1000))).toMatchObject({ count: 0, labels: [], height: 0 });
  });

  it('keeps ratios, stays inside, and overlaps nothing', () => {
    for (const width of [320, 390, 768, 1300, 1880, 2560]) {
      for (let seed = 1; seed <= 40; seed += 1) {
        const rules = rulesFor(width);
        const { aspects, runs } = input(60, seed);
        const layout = justify(aspects, runs, rules);
        const boxes = boxesOf(layout);
        const rows = rowsOf(boxes);
        rows.forEach((row, at) => {
          expect(endOf(row)).toBeLessThanOrEqual(width);
          row.slice(1).forEach((box, before) => {
            const left = row[before];
            expect(left && box.left - left.left - left.width).toBeGreaterThanOrEqual(rules.gap - 1);
          });
          const below = rows[at + 1]?.[0]?.top;
          for (const box of row) {
            expect(box.top + box.height).toBeLessThanOrEqual((below ?? layout.height + rules.gap) - rules.gap);
          }
        });
        boxes.forEach((box, index) => {
          const aspect = aspects[index] ?? 0;
          // Edges are on whole pixels, so a side is off by less than one.
          expect(Math.abs(box.width - aspect * box.height)).toBeLessThanOrEqual(1 + aspect);
        });
      }
    }
  });

  it('fills every row of a run to the pixel, but the last where it would be too high', () => {
    for (const width of [390, 1300, 2560]) {
      const rules = rulesFor(width);
      for (let seed = 1; seed <= 20; seed += 1) {
        const rows = rowsOf(boxesOf(justify(input(80, seed).aspects, [0], rules)));
        for (const row of rows.slice(0, -1)) expect(endOf(row)).toBe(width);
      }
    }
  });

  it('keeps rows near the wanted height', () => {
    const rules = rulesFor(1300);
    const aspects = Array.from({ length: 100 }, (_, index) => [1.5, 0.67, 1.33][index % 3] ?? 1);
    for (const { height } of boxesOf(justify(aspects, [0], rules))) {
      expect(height).toBeGreaterThan(rules.row * 0.8);
      expect(height).toBeLessThan(rules.row * 1.25);
    }
  });

  it('begins no run in the middle of a row that goes on below it', () => {
    for (const width of [390, 1300, 2560]) {
      for (let seed = 1; seed <= 20; seed += 1) {
        const { aspects, runs } = input(90, seed, 0.3);
        const boxes = boxesOf(justify(aspects, runs, rulesFor(width)));
        runs.forEach((start, run) => {
          const first = boxes[start];
          const last = boxes[(runs[run + 1] ?? aspects.length) - 1];
          if (first && first.left > 0) expect(last?.top).toBe(first.top);
        });
      }
    }
  });

  it('begins a row with each day on a phone', () => {
    const { aspects, runs } = input(60, 5, 0.4);
    const layout = justify(aspects, runs, rulesFor(390));
    expect(runs.map((start) => layout.box(start)?.left)).toEqual(runs.map(() => 0));
  });

  it('shows what stands alone larger than the others, and not as high as the window', () => {
    const rules = rulesFor(1300);
    const height = Math.round(rules.row * rules.growth);
    const alone = { left: 0, top: rules.label, width: Math.round(rules.row * rules.growth * 1.5), height };
    expect(justify([1.5], [0], rules).box(0)).toEqual(alone);
    const phone = rulesFor(358);
    expect(justify([1.5], [0], phone).box(0)).toEqual({ left: 0, top: phone.label, width: 358, height: 239 });
  });

  it('labels each run once, over its boxes in its first row', () => {
    const rules = rulesFor(1300);
    const { aspects, runs } = input(60, 9);
    const layout = justify(aspects, runs, rules);
    expect(layout.labels.map(({ index }) => index)).toEqual(runs);
    for (const label of layout.labels) {
      const box = layout.box(label.index);
      expect(box && [box.left, box.top]).toEqual([label.left, label.top + rules.label]);
      expect(label.left + label.width).toBeLessThanOrEqual(rules.width);
      const nextInRow = layout.labels.find(({ index, top }) => index > label.index && top === label.top);
      if (nextInRow) expect(label.left + label.width).toBeLessThan(nextInRow.left);
    }
  });

  it('takes little time for a hundred thousand items', () => {
    const { aspects, runs } = input(100_000, 1, 0.001);
    const start = performance.now();
    justify(aspects, runs, rulesFor(2560));
    // It is some ten milliseconds. The bar is for a busy machine.
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
