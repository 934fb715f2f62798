import { describe, expect, it } from 'vitest';
import type { Media } from '../api/types.ts';
import { media } from '../testing.ts';
import { aspectOf, coverWidth, srcset, standsIn } from './layout.ts';

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
