import { afterEach, describe, expect, it } from 'vitest';
import { ahead, early } from './early.ts';

describe('an answer that was asked for early', () => {
  afterEach(() => delete ahead.early);

  it('is given once, and only for its path', () => {
    const answer = Promise.resolve(new Response());
    ahead.early = new Map([['/api/timeline', answer]]);
    expect(early('/api/blocks/x')).toBeUndefined();
    expect(early('/api/timeline')).toBe(answer);
    expect(early('/api/timeline')).toBeUndefined();
  });

  it('is none where the page has not asked', () => expect(early('/api/timeline')).toBeUndefined());
});
