import { describe, expect, it } from 'vitest';
import { timeline } from '../testing.ts';
import type { Box } from './justify.ts';
import { rulesFor } from './layout.ts';
import { between, boxOf, monthOf, neighbour, plan, type Plan } from './plan.ts';

/** Shapes of many kinds, on days of some items, in several months. */
function planned(count = 300): Plan {
  const ratios = Array.from({ length: count }, (_, index) => String.fromCharCode(60 + ((index * 13) % 30))).join('');
  const days = [];
  for (let left = count, day = 0; left > 0; day += 1) {
    const size = Math.min(left, 1 + ((day * 5) % 11));
    days.push({ date: new Date(Date.UTC(2024, 5, 20 - day)).toISOString().slice(0, 10), count: size });
    left -= size;
  }
  return plan(timeline([['a', count]], { ratios, days }), rulesFor(1300));
}
const all = planned();
const numbers = Array.from({ length: 300 }, (_, index) => index);

describe('plan', () => {
  it('has one box for each item, within its month', () => {
    expect(all.months.length).toBeGreaterThan(1);
    for (const index of numbers) {
      const month = all.months[monthOf(all, index)];
      expect(month && month.start <= index && index < month.end).toBe(true);
      expect(boxOf(all, index)).not.toBeNull();
    }
    expect([boxOf(all, -1), boxOf(all, 300)]).toEqual([null, null]);
    expect(all.layouts.reduce((sum, { count }) => sum + count, 0)).toBe(300);
  });

  it('gives boxes the shapes that the timeline tells', () => {
    const { layouts } = plan(timeline([['a', 3]], { ratios: 'Z#~' }), rulesFor(1300));
    const shapes = [0, 1, 2].map((at) => layouts[0]?.box(at)).map((box) => box && box.width / box.height);
    expect(shapes?.[0]).toBeCloseTo(2 ** (4 / 9), 1);
    // A strip is cropped.
    expect(shapes?.[1]).toBeCloseTo(0.4, 1);
    expect(shapes?.[2]).toBeCloseTo(4, 1);
  });
});

describe('between', () => {
  it('finds the boxes that reach into a room, and no others', () => {
    for (const layout of all.layouts) {
      for (let top = -100; top < layout.height + 100; top += 37) {
        const [from, to] = between(layout, top, top + 300);
        const inside = Array.from({ length: layout.count }, (_, index) => index).filter((index) => {
          const box = layout.box(index) as Box;
          return box.top < top + 300 && box.top + box.height > top;
        });
        expect(inside).toEqual(Array.from({ length: to - from }, (_, at) => from + at));
      }
    }
  });
});

describe('neighbour', () => {
  it('goes to the sides through months', () => {
    expect(numbers.map((index) => neighbour(all, index, 'ArrowRight'))).toEqual([...numbers.slice(1), null]);
    expect(numbers.map((index) => neighbour(all, index, 'ArrowLeft'))).toEqual([null, ...numbers.slice(0, -1)]);
  });

  it('goes up and down by one row, to the box that is nearest', () => {
    const rowOf = (index: number) => `${monthOf(all, index)}/${boxOf(all, index)?.top}`;
    const rows = [...new Set(numbers.map(rowOf))];
    const middle = (index: number) => (boxOf(all, index)?.left ?? 0) + (boxOf(all, index)?.width ?? 0) / 2;
    for (const index of numbers) {
      for (const [key, step] of [['ArrowDown', 1], ['ArrowUp', -1]] as const) {
        const row = rows[rows.indexOf(rowOf(index)) + step];
        const nearest = numbers
          .filter((each) => rowOf(each) === row)
          .sort((a, b) => Math.abs(middle(a) - middle(index)) - Math.abs(middle(b) - middle(index)))[0];
        const reached = neighbour(all, index, key);
        const off = (to: number | null | undefined) => (to === null || to === undefined ? null : Math.abs(middle(to) - middle(index)));
        expect(off(reached)).toBe(off(nearest));
        expect(reached === null ? undefined : rowOf(reached)).toBe(row);
      }
    }
  });

  it('leaves other keys alone', () => expect(neighbour(all, 5, 'Enter')).toBeNull());
});
