import { describe, expect, it } from 'vitest';
import { media } from '../testing.ts';
import { ShapeError } from './check.ts';
import { parseBlock, parseLocated, parseLogin, parsePlayback, parseProblem } from './parse.ts';

const item = (given: object = {}): object => ({ ...media(), ...given });
const block = (given: object = {}): unknown => [item(given)];

describe('parseBlock', () => {
  it('reads a block as the API documents it', () => {
    const full = {
      key: '2024/a b+c.jpg',
      name: 'a b+c.jpg',
      type: 'image',
      mime: 'image/jpeg',
      size: 123,
      uploadedAt: '2026-01-02T03:04:05Z',
      dateTaken: '2024-06-15T14:03:22+02:00',
      taken: { day: '2024-06-15', source: 'exif', guess: false },
      camera: { make: 'Fujifilm', model: null },
      width: 4000,
      height: 3000,
      duration: null,
      file: '/api/file/2024/a%20b%2Bc.jpg?v=0123456789abcdef',
      thumbnails: { small: '/s', medium: 'https://cdn.example/m', large: null, screen: '/x' },
      displayable: true,
      thumbhash: '3OcRJYB4d3h/iIeHeEh3eIhw+j3A',
      clip: null,
      hls: null,
      playback: '/api/playback?key=a',
    };
    expect(parseBlock([full])).toEqual([full]);
  });

  it('ignores fields it does not know', () => {
    expect(parseBlock(block({ lens: 'XF 35' }))[0]).not.toHaveProperty('lens');
  });

  it.each([
    ['2024-06-15T14:03:22', '2024-06-15T14:03:22'],
    ['2024-06-15T14:03:22+02:00', '2024-06-15T14:03:22+02:00'],
    ['2024-06-15 14:03:22', '2024-06-15T14:03:22'],
    ['2024:06:15 14:03:22', '2024-06-15T14:03:22'],
    ['2024-06-15T14:03:22.100', '2024-06-15T14:03:22.100'],
    ['2024-06-15T14:03:22.100-05:00', '2024-06-15T14:03:22.100-05:00'],
    ['2024-06-15T14:03', '2024-06-15T14:03'],
    ['2024-06-15', '2024-06-15'],
    ['2024-06-15T', null],
    ['2024-06', null],
    ['June', null],
    ['', null],
  ])('reads the date %j', (dateTaken, read) => {
    expect(parseBlock(block({ dateTaken }))[0]?.dateTaken).toBe(read);
    expect(parseBlock(block({ uploadedAt: dateTaken }))[0]?.uploadedAt).toBe(read);
  });

  it('takes rows that other tools have written', () => {
    const [read] = parseBlock(block({ mime: null, name: '', uploadedAt: '' }));
    expect([read?.mime, read?.uploadedAt]).toEqual([null, null]);
  });

  it('reads how a date is known, as far as it goes', () => {
    const known = (taken: unknown) => parseBlock(block({ taken }))[0]?.taken;
    const whole = { at: '2024-06-15T12:00:00Z', day: '2024-06-15', source: 'name', offset: null, offsetSource: null, guess: true };
    expect(known(whole)).toEqual({ day: '2024-06-15', source: 'name', guess: true });
    expect(known({ ...whole, source: null, day: '', guess: false })).toEqual({ day: null, source: null, guess: false });
    expect(known(undefined)).toBeNull();
  });

  it.each([
    ['items that are no list', {}, 'items is not a list'],
    ['an item that is null', [null], 'items[0] is not an object'],
    ['a key that is a number', block({ key: 5 }), 'items[0].key is not a string'],
    ['another type', block({ type: 'audio' }), 'items[0].type is not image or video'],
    ['a negative size', block({ size: -1 }), 'items[0].size is not an amount'],
    ['a width that is not finite', block({ width: Number.NaN }), 'items[0].width is not an amount'],
    ['a date that is a number', block({ dateTaken: 2024 }), 'items[0].dateTaken is not a string'],
    ['a source that is a number', block({ taken: { source: 5 } }), 'items[0].taken.source is not a string'],
    ['thumbnails missing', block({ thumbnails: null }), 'items[0].thumbnails is not an object'],
  ])('refuses %s, naming the place', (_, value, message) => {
    expect(() => parseBlock(value)).toThrow(new ShapeError(message));
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example/x', 'file.jpg', ''])('refuses the link %j', (file) => {
    expect(() => parseBlock(block({ file }))).toThrow(ShapeError);
    expect(() => parseBlock(block({ hls: file }))).toThrow(ShapeError);
  });
});

describe('parseLocated', () => {
  it('reads an item and its place', () => {
    const position = { view: 'everything', block: 'everything.0123456789abcdef', index: 3, item: 4321 };
    expect(parseLocated({ ...item(), latitude: 47.1, position })).toEqual({
      item: media(),
      place: { block: 'everything.0123456789abcdef', index: 3 },
    });
    expect(parseLocated({ ...item(), position: null }).place).toBeNull();
  });

  it('refuses a place between two items', () => {
    expect(() => parseLocated({ ...item(), position: { block: 'x', index: 0.5 } })).toThrow('item.position.index is not a whole number');
  });
});

describe('parsePlayback', () => {
  it('reads a link and nothing else', () => {
    expect(parsePlayback({ url: 'https://video.example/x', expires: null })).toBe('https://video.example/x');
    expect(() => parsePlayback({ url: 'javascript:alert(1)' })).toThrow(ShapeError);
  });
});

describe('parseLogin', () => {
  it('reads where to go', () => {
    expect(parseLogin({ returnTo: '/#/films' })).toEqual({ returnTo: '/#/films' });
    expect(parseLogin({})).toEqual({ returnTo: null });
    expect(() => parseLogin({ returnTo: 1 })).toThrow(ShapeError);
  });
});

describe('parseProblem', () => {
  it('takes what is readable and never throws', () => {
    const said = { type: '/problems#too-much', title: 'No', detail: '', requestId: 'r1' };
    expect(parseProblem(said)).toEqual({ ...said, detail: null });
    for (const value of [null, undefined, 'x', 3, [], { title: {} }]) {
      expect(parseProblem(value)).toEqual({ type: null, title: null, detail: null, requestId: null });
    }
  });
});
