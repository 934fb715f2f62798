import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { places } from './kept.ts';

const disk = new Map<string, string>();
const listeners: ((event: { key: string | null }) => void)[] = [];

/** A tab, and what its browser tells it of another one's writing. */
function tab() {
  const films = places();
  const listener = listeners.at(-1);
  return { films, told: (key: string | null) => listener?.({ key }) };
}

beforeEach(() => {
  vi.stubGlobal('addEventListener', (_: string, listener: (typeof listeners)[number]) => listeners.push(listener));
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => disk.get(name) ?? null,
    setItem: (name: string, value: string) => void disk.set(name, value),
    removeItem: (name: string) => void disk.delete(name),
  });
});
afterEach(() => {
  disk.clear();
  listeners.length = 0;
  vi.unstubAllGlobals();
});

it('keeps places for later visits, without names', () => {
  tab().films.set('a.mp4', 12.34);
  expect(tab().films.get('a.mp4')).toBe(12.3);
  expect([...disk.values()].join()).not.toContain('a.mp4');
});

it('forgets a place once the viewer has gone back to the beginning', () => {
  const { films } = tab();
  films.set('a.mp4', 2400);
  films.set('a.mp4', 0.2);
  expect([films.get('a.mp4'), tab().films.get('a.mp4')]).toEqual([0, 0]);
});

it.each(['film-places', null])('forgets what another tab’s logout removed (%s)', (key) => {
  const [here, there] = [tab(), tab()];
  here.films.set('a.mp4', 60);
  there.films.forget();
  here.told(key);
  expect(here.films.get('a.mp4')).toBe(0);
  here.films.set('b.mp4', 30);
  expect(tab().films.get('a.mp4')).toBe(0);
});

it('knows what another tab has written', () => {
  const [here, there] = [tab(), tab()];
  there.films.set('a.mp4', 60);
  here.told('film-network');
  expect(here.films.get('a.mp4')).toBe(0);
  here.told('film-places');
  here.films.set('b.mp4', 30);
  const later = tab().films;
  expect([later.get('a.mp4'), later.get('b.mp4')]).toEqual([60, 30]);
});
