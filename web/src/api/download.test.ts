import { describe, expect, it } from 'vitest';
import { ShapeError } from './check.ts';
import { parsePrepared } from './download.ts';

const part = (given: object = {}) => ({ url: '/api/download/~t/A.zip', name: 'A.zip', length: 300, count: 2, ...given });
const prepared = (given: object = {}) => ({
  url: '/api/download/~t/A.zip',
  name: 'A.zip',
  length: 300,
  count: 2,
  leftOut: 1,
  expires: '2024-06-15T14:03:22Z',
  parts: [part()],
  ...given,
});

describe('parsePrepared', () => {
  it('reads a download as the API documents it', () => {
    expect(parsePrepared(prepared())).toEqual({
      length: 300,
      count: 2,
      leftOut: 1,
      expires: '2024-06-15T14:03:22Z',
      parts: [{ url: '/api/download/~t/A.zip', name: 'A.zip', length: 300, count: 2 }],
    });
  });

  it.each([
    ['no parts', { parts: [] }, 'parts is not a list with something in it'],
    ['a link that runs', { parts: [part({ url: 'javascript:alert(1)' })] }, 'parts[0].url is not a link'],
    ['half a file', { count: 0.5 }, 'count is not a whole number'],
    ['a length that is a text', { length: '300' }, 'length is not an amount'],
    ['no word on what is left out', { leftOut: null }, 'leftOut is not an amount'],
  ])('refuses %s', (_, given, message) => {
    expect(() => parsePrepared(prepared(given))).toThrow(new ShapeError(message));
  });
});
