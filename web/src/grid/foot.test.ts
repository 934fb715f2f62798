import { describe, expect, it } from 'vitest';
import { total } from './foot.ts';

const views = [
  { name: 'everything', title: null, count: 5 },
  { name: 'photos', title: null, count: 4 },
  { name: 'films', title: null, count: 1 },
];

describe('total', () => {
  it('counts photos and films', () => {
    expect(total({ count: 5, views }, 'everything')).toBe('4 photos · 1 film');
    expect(total({ count: 4, views }, 'photos')).toBe('4 photos');
    expect(total({ count: 1, views }, 'films')).toBe('1 film');
    expect(total({ count: 3, views }, 'album-0123456789ab')).toBe('3 items');
  });

  it('does not name what there is none of', () => {
    expect(total({ count: 4, views: views.slice(0, 2) }, 'everything')).toBe('4 photos');
  });
});
