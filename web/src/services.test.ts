import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError, credentials, elsewhere, reach, settle } from './services.ts';

afterEach(() => settle({}));

describe('services', () => {
  it('are where the page is, if nothing else is said', () => {
    for (const nothing of [{}, { API_BASE: '' }, { API_BASE: null }]) {
      settle(nothing);
      expect(reach('/api/media')).toBe('/api/media');
      expect(reach('https://store.example/a?b')).toBe('https://store.example/a?b');
      expect([elsewhere(), credentials()]).toEqual([false, 'same-origin']);
    }
  });

  it.each([
    'video.example', '/api', 'ftp://a.example', 'https://', 'https://u:p@a.example', 'https://a.example?x', 7, {},
  ])('are not at %s', (bad) => {
    expect(() => settle({ API_BASE: bad })).toThrow(ConfigError);
    expect(() => settle({ VIDEO_API_BASE: bad })).toThrow('VIDEO_API_BASE');
    expect(reach('/auth')).toBe('/auth');
  });

  it.each([null, 1, 'x'])('are not in %j', (bad) => expect(() => settle(bad)).toThrow(ConfigError));
});
