import { describe, expect, it } from 'vitest';
import { FOLLOWED, formatRoute, parseRoute, viewOf } from './route.ts';

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
    ['', null],
    ['#', null],
    ['#/', null],
    ['#/photos', 'image'],
    ['#/films', 'video'],
    ['#/m/', null],
    ['#/m/%E0%A4', null],
    ['#/elsewhere', null],
    [FOLLOWED, null],
  ])('read %j as the grid', (hash, filter) => {
    expect(parseRoute(hash)).toEqual({ view: 'grid', filter });
  });

  it('write the grid so that it can be read again', () => {
    for (const filter of [null, 'image', 'video'] as const) {
      expect(parseRoute(formatRoute({ view: 'grid', filter }))).toEqual({ view: 'grid', filter });
    }
  });
});

it('name a view for each filter', () => {
  expect(([null, 'image', 'video'] as const).map(viewOf)).toEqual(['everything', 'photos', 'films']);
});
