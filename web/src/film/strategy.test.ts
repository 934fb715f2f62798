import { describe, expect, it } from 'vitest';
import { choose } from './strategy.ts';

describe('choose', () => {
  it.each([
    ['Safari and iOS', { airplay: true, mediaSource: true, nativeHls: true }, 'native'],
    ['Chrome and Firefox', { airplay: false, mediaSource: true, nativeHls: false }, 'hls.js'],
    ['a Chrome with HLS of its own', { airplay: false, mediaSource: true, nativeHls: true }, 'hls.js'],
    ['a television', { airplay: false, mediaSource: false, nativeHls: true }, 'native'],
    ['none of it', { airplay: false, mediaSource: false, nativeHls: false }, 'none'],
  ] as const)('%s', (_, abilities, strategy) => expect(choose(abilities)).toBe(strategy));
});
