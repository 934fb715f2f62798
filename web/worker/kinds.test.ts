import { describe, expect, it } from 'vitest';
import { kindOf, mayKeep, originOf, sameInAnotherSize } from './kinds.ts';

const SCOPE = 'https://a.example/gallery/';
const of = (path: string, given: { method?: string; mode?: string; isRange?: boolean } = {}) =>
  kindOf({ method: 'GET', mode: 'cors', isRange: false, url: `${SCOPE}${path}`, ...given }, SCOPE, new Set(['assets/a.js']));

describe('the worker', () => {
  it('knows what it keeps', () => {
    expect(of('', { mode: 'navigate' })).toBe('page');
    expect(of('?lang=de#/m/a', { mode: 'navigate' })).toBe('page');
    expect(of('assets/a.js')).toBe('file');
    expect([of('api/timeline'), of('api/timeline?view=photos')]).toEqual(['timeline', 'timeline']);
    expect(of('api/blocks/everything.0a')).toBe('block');
    expect(of('api/thumbnail/a/b.jpg?size=small&v=0')).toBe('picture');
  });

  it.each([
    ['api/file/a.jpg'], ['api/clip/a.jpg'], ['api/hls/playlist?key=a'], ['api/download/~x/a.zip'], ['auth'], ['logout'],
    ['assets/b.js'], ['api/playback?key=a'], ['api/media/a.jpg'], ['sw.js'], ['manifest.webmanifest'],
  ])('leaves %s alone', (path) => expect(of(path)).toBeNull());

  it('leaves alone what is sent, parts of files, other pages and what is not the gallery', () => {
    expect(of('api/timeline', { method: 'POST' })).toBeNull();
    expect(of('api/thumbnail/a.jpg', { isRange: true })).toBeNull();
    expect(of('l/AAAAAAAAAAAAAAAAAAAAAA', { mode: 'navigate' })).toBeNull();
    expect(kindOf({ method: 'GET', mode: 'cors', isRange: false, url: 'https://a.example/api/timeline' }, SCOPE, new Set())).toBeNull();
  });

  it('keeps whole good answers of its own origin that may be kept', () => {
    const answer = (given: object, cache = 'private, no-cache') =>
      mayKeep({ status: 200, type: 'basic', redirected: false, headers: new Headers({ 'cache-control': cache }), ...given });
    expect(answer({})).toBe(true);
    expect(answer({}, 'private, no-store')).toBe(false);
    for (const bad of [{ status: 206 }, { status: 401 }, { type: 'opaque' }, { redirected: true }]) expect(answer(bad)).toBe(false);
  });
  it('tells timelines of other versions and sessions apart, and no views of one session', () => {
    const views = [{ name: 'album-a', title: 'A', count: 2 }];
    const own = { version: '1', views };
    const scoped = { ...own, link: { download: true, originals: false } };
    const open = { ...own, link: { download: true, originals: true } };
    const origin = (timeline: object) => originOf(JSON.stringify(timeline));
    expect(origin({ ...scoped, view: 'album-a', count: 2 })).toBe(origin({ ...scoped, view: 'album-b', count: 1 }));
    const others = [own, scoped, open, { ...own, version: '2' }, { ...own, views: [] }];
    expect(new Set(others.map(origin)).size).toBe(others.length);
  });

  it('shows a picture in another size, and never one of another version', () => {
    const url = (size: string, version = '1') => `${SCOPE}api/thumbnail/a%20b.jpg?size=${size}&v=${version}`;
    const kept = [`${SCOPE}api/timeline`, url('small'), url('large', '2'), url('medium'), `${SCOPE}api/thumbnail/c.jpg?size=large&v=1`];
    expect(sameInAnotherSize(url('large'), kept)).toBe(url('medium'));
    expect(sameInAnotherSize(url('large', '3'), kept)).toBeUndefined();
  });
});
