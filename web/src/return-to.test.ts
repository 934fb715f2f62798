import { describe, expect, it } from 'vitest';
import { sameOrigin, step, wanted } from './return-to.ts';

const origin = 'https://gallery.example';

describe('wanted', () => {
  it('is where one is', () => {
    expect(wanted(`${origin}/#/m/2024/a%20b.jpg`)).toBe('/#/m/2024/a%20b.jpg');
    expect(wanted(`${origin}/?x=1`)).toBe('/?x=1');
  });
  it('is what the link asks for, if it stays here', () => {
    expect(wanted(`${origin}/?returnTo=%2Fapi%2Ffile%2Fa.jpg`)).toBe('/api/file/a.jpg');
    expect(wanted(`${origin}/?returnTo=https%3A%2F%2Fevil.example`)).toBe('/');
  });
});

describe('sameOrigin', () => {
  it.each(['/', '/a?b#c', '/#/m/x', '/a/../b'])('keeps %j', (target) => {
    expect(sameOrigin(target, origin)).toMatch(/^\//);
  });
  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    'relative',
    '',
    '////evil.example',
  ])('drops %j', (target) => {
    expect(sameOrigin(target, origin)).toBeNull();
  });
});

describe('step', () => {
  const here = `${origin}/#/films`;
  it('stays where nothing else is asked', () => {
    expect(step(here, null)).toEqual({ kind: 'stay' });
    expect(step(here, '/#/films')).toEqual({ kind: 'stay' });
    expect(step(here, '//evil.example/')).toEqual({ kind: 'stay' });
  });
  it('changes the fragment on the same page', () => {
    expect(step(here, '/#/m/a.jpg')).toEqual({ kind: 'fragment', url: '/#/m/a.jpg' });
    expect(step(`${origin}/?returnTo=%2F`, '/')).toEqual({ kind: 'fragment', url: '/' });
  });
  it('loads another path', () => {
    expect(step(here, '/api/file/a.jpg')).toEqual({ kind: 'load', url: '/api/file/a.jpg' });
  });
});
