import { describe, expect, it } from 'vitest';
import { forward, shuffled, type Order } from './order.ts';

const take = (order: Order, count: number) => Array.from({ length: count }, () => order.next());

describe('a slideshow goes', () => {
  it('forward, and begins again after the last item', () => {
    expect(take(forward(4, 2), 5)).toEqual([3, 0, 1, 2, 3]);
  });

  it('through everything once before an item comes again', () => {
    const order = shuffled(50, 7);
    for (let round = 0; round < 3; round += 1) expect(new Set(take(order, 50)).size).toBe(50);
  });

  it('never from an item to the same item', () => {
    for (let turn = 0; turn < 50; turn += 1) {
      const seen = [1, ...take(shuffled(3, 1), 30)];
      expect(seen.some((item, at) => item === seen[at + 1])).toBe(false);
    }
  });

  it('nowhere else where there is one item', () => {
    expect(take(forward(1, 0), 2)).toEqual([0, 0]);
    expect(take(shuffled(1, 0), 2)).toEqual([0, 0]);
  });
});
