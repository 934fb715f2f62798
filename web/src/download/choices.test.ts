import { describe, expect, it } from 'vitest';
import { timeline } from '../testing.ts';
import { en } from '../words/en.ts';
import { amountOf, choices, resumable, titleOf } from './choices.ts';

describe('titleOf', () => {
  const views = [
    { name: 'everything', title: null, count: 3 },
    { name: 'photos', title: null, count: 2 },
    { name: 'album-1', title: 'The party', count: 1 },
  ];
  const title = (view: string, gallery: string | null = 'Anna & Ben') => titleOf(timeline([], { view, views, title: gallery }));

  it('is that of the view, else that of the gallery', () => {
    expect(title('album-1')).toBe('The party');
    expect(title('everything')).toBe('Anna & Ben');
    expect(title('everything', null)).toBe('The gallery');
  });

  it('says what kind of items it is', () => {
    expect(title('photos')).toBe('Photos');
    expect(title('films')).toBe('Films');
  });
});

describe('choices', () => {
  const of = (view: string, originals: boolean) => choices(timeline([], { view, originals }));
  const sizes = (view: string, originals: boolean) => of(view, originals).map(({ size }) => size);

  it('are originals first, where the viewer may have them', () => {
    expect(sizes('everything', true)).toEqual(['original', 'screen']);
    expect(sizes('photos', true)).toEqual(['original', 'screen']);
    expect(sizes('everything', false)).toEqual(['screen']);
  });

  it('are none for films, which have one size', () => {
    expect(sizes('films', true)).toEqual(['original']);
    expect(sizes('films', false)).toEqual([]);
  });

  it('promise films only where there are some that the viewer gets', () => {
    expect(of('everything', true)[1]?.hint).toContain('Films');
    expect(of('album-1', true)[1]?.hint).toContain('Films');
    expect(of('photos', true)[1]?.hint).not.toContain('Films');
    expect(of('everything', false)[0]?.hint).not.toContain('Films');
  });
});

describe('words', () => {
  it('tell how much there is', () => {
    expect(amountOf({ count: 412, length: 1_900_000_000 })).toBe('412 files · 1.9 GB');
    expect(amountOf({ count: 1, length: 900 })).toBe('1 file · 900 bytes');
    expect(en.download.part(2, 3)).toBe('Part 2 of 3');
  });

  it('tell what is left out', () => {
    expect(en.download.leftOut(1)).toBe('1 item is left out: this link does not give the originals.');
    expect(en.download.leftOut(7)).toMatch(/^7 items are left out/);
  });

  it('tell the end by the viewer’s clock, and nothing of an end that is unreadable', () => {
    const end = '2024-06-15T22:03:22Z';
    expect(resumable(end, 'en-GB', 'Europe/Zurich')).toMatch(/until 16 June at 0?0:03\.$/);
    expect(resumable(end, 'en-GB', 'America/New_York')).toMatch(/until 15 June at 18:03\.$/);
    expect(resumable(end, 'en-SA-u-ca-islamic-umalqura', 'UTC')).toContain('June');
    expect(resumable('soon')).toBeNull();
  });
});
