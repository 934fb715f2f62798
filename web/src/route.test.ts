import { describe, expect, it } from 'vitest';
import { codeOf, FOLLOWED, formatRoute, parseRoute } from './route.ts';

describe('deep links', () => {
  it.each([
    'a.jpg',
    '2024/a b+c.jpg',
    'Tanz & Müller (1) 50%.jpg',
    'nested/deep er/#1?.jpg',
    '../..//x',
    '%2F',
    '/',
    '新年 🎉.mp4',
    'm/m/',
  ])('bring back the key %j', (key) => {
    const hash = formatRoute({ view: 'item', key });
    expect(hash).toMatch(/^#\/m\/[^\s#?]+$/);
    expect(parseRoute(hash)).toEqual({ view: 'item', key });
    // The hash goes through a real URL. It is also tried with encoded slashes.
    expect(parseRoute(new URL(hash, 'https://gallery.example/').hash)).toEqual({ view: 'item', key });
    expect(parseRoute(`#/m/${encodeURIComponent(key)}`)).toEqual({ view: 'item', key });
  });

  it.each([
    ['', 'everything'],
    ['#', 'everything'],
    ['#/', 'everything'],
    ['#/photos', 'photos'],
    ['#/films', 'films'],
    ['#/album/0123456789ab', 'album-0123456789ab'],
    ['#/album/', 'everything'],
    ['#/album/a/b', 'everything'],
    ['#/m/', 'everything'],
    ['#/m/%E0%A4', 'everything'],
    ['#/elsewhere', 'everything'],
    [FOLLOWED, 'everything'],
  ])('read %j as the grid', (hash, name) => {
    expect(parseRoute(hash)).toEqual({ view: 'grid', name });
  });

  it.each([
    ['#/favourites', 'favourites', ''],
    ['#/favourites/Ab-_9', 'favourites/Ab-_9', 'Ab-_9'],
    ['#/favourites/a b', 'everything', null],
    ['#/favouritesome', 'everything', null],
    ['#/photos', 'photos', null],
  ])('read %j as favourites or not', (hash, name, code) => {
    expect(parseRoute(hash)).toEqual({ view: 'grid', name });
    expect(codeOf(name)).toBe(code);
  });

  it('write the grid so that it can be read again', () => {
    for (const name of ['everything', 'photos', 'films', 'album-0123456789ab', 'favourites', 'favourites/Ab-_9']) {
      expect(parseRoute(formatRoute({ view: 'grid', name }))).toEqual({ view: 'grid', name });
    }
  });
});
