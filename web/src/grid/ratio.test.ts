import { describe, expect, it } from 'vitest';
import { ratioAt } from './ratio.ts';

describe('ratioAt', () => {
  it('is a quarter to four, with the square in the middle', () => {
    expect([...'#P~'].map((_, index) => ratioAt('#P~', index))).toEqual([0.25, 1, 4]);
  });

  it('goes in equal steps over the character that is left out', () => {
    const all = Array.from({ length: 92 }, (_, step) => String.fromCharCode(35 + step)).join('').replace('\\', '');
    expect(all).toHaveLength(91);
    for (let index = 1; index < all.length; index += 1) {
      expect(ratioAt(all, index) / ratioAt(all, index - 1)).toBeCloseTo(2 ** (4 / 90));
    }
  });

  it('takes anything else for a square', () => {
    for (const text of ['', '!', '\u007f', 'é']) expect(ratioAt(text, 0)).toBe(1);
  });
});
