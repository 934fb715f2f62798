import { describe, expect, it } from 'vitest';
import { choose, withCookie } from './strategy.ts';

describe('choose', () => {
  it.each([
    ['Safari and iOS', { airplay: true, mediaSource: true, nativeHls: true }, 'native'],
    ['Chrome and Firefox', { airplay: false, mediaSource: true, nativeHls: false }, 'hls.js'],
    ['a Chrome with HLS of its own', { airplay: false, mediaSource: true, nativeHls: true }, 'hls.js'],
    ['a television', { airplay: false, mediaSource: false, nativeHls: true }, 'native'],
    ['none of it', { airplay: false, mediaSource: false, nativeHls: false }, 'none'],
  ] as const)('%s', (_, abilities, strategy) => expect(choose(abilities)).toBe(strategy));
});

describe('withCookie', () => {
  const page = 'https://gallery.example/#/m/a';
  const split = 'https://video.example/api/hls/playlist?key=a';
  it('sends the cookie to the playlists of a split deployment', () => {
    expect(withCookie('https://video.example/api/hls/a/720p.m3u8', split, page)).toBe(true);
  });
  it('never sends it to the store', () => {
    expect(withCookie('https://store.example/a_001.ts?X-Amz-Signature=1', split, page)).toBe(false);
    expect(withCookie('https://video.example:8443/a_001.ts', split, page)).toBe(false);
    expect(withCookie('http://video.example/a_001.ts', split, page)).toBe(false);
  });
  it('needs nothing on the page’s own origin', () => {
    expect(withCookie('/api/hls/a/720p.m3u8', '/api/hls/playlist?key=a', page)).toBe(false);
    expect(withCookie('https://store.example/a_001.ts', '/api/hls/playlist?key=a', page)).toBe(false);
  });
});
