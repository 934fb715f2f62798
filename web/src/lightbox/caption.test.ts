import { describe, expect, it } from 'vitest';
import { media } from '../testing.ts';
import { facts, headline } from './caption.ts';

const guessed = (source: string) => ({ day: '2024-06-15', source, guess: true });

describe('the headline', () => {
  it('is when the item was taken', () => {
    expect(headline(media({}), 'en-GB')).toBe('15 June 2024 at 14:03');
  });
  it('has no time where the date is a guess', () => {
    expect(headline(media({ taken: guessed('name') }), 'en-GB')).toBe('15 June 2024');
  });
  it('tells no date where only the moment of ingest is known', () => {
    expect(headline(media({ taken: guessed('ingest') }), 'en-GB')).toBe('Date unknown');
    expect(headline(media({ dateTaken: null }), 'en-GB')).toBe('Date unknown');
  });
});

describe('the line below', () => {
  it('says where the item stands, and nothing of its file', () => {
    expect(facts(media({}), { album: null, at: 3, of: 1234 })).toEqual(['3 of 1,234']);
    expect(facts(media({ duration: 12.5 }), { album: 'Garden', at: 1, of: 9 })).toEqual(['Garden', '1 of 9', '0:13']);
  });
});
