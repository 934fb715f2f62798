import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { whenInDoubt } from './signed-in.ts';

const listeners = new Map<string, (event: object) => void>();
const ask = vi.fn();
const tell = (type: string, event: object) => listeners.get(type)?.(event);

beforeEach(() => {
  vi.stubGlobal('addEventListener', (type: string, listener: (event: object) => void) => listeners.set(type, listener));
  whenInDoubt(ask);
});
afterEach(() => {
  vi.unstubAllGlobals();
  listeners.clear();
  ask.mockClear();
});

it.each([['the name', 'signed-in'], ['everything', null]])('asks when another window has removed %s', (_, key) => {
  tell('storage', { key, newValue: null });
  expect(ask).toHaveBeenCalledOnce();
});

it('asks nothing when another window has written', () => {
  tell('storage', { key: 'signed-in', newValue: 'link' });
  tell('storage', { key: 'favourites', newValue: null });
  expect(ask).not.toHaveBeenCalled();
});

it('asks when the page comes back as it was left, and not when it has just been loaded', () => {
  tell('pageshow', { persisted: false });
  expect(ask).not.toHaveBeenCalled();
  tell('pageshow', { persisted: true });
  expect(ask).toHaveBeenCalledOnce();
});
