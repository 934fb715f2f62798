import { expect, it } from 'vitest';
import { first } from './search.ts';

it('finds the first of any number', () => {
  for (let length = 0; length < 9; length += 1) {
    for (let wanted = 0; wanted <= length; wanted += 1) expect(first(length, (index) => index >= wanted)).toBe(wanted);
  }
});
