import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { places } from './kept.ts';

const disk = new Map<string, string>();
const listeners = new Map<string, (event: object) => void>();

/** A tab, and what its browser tells it: of another one's writing, and that it is shown again. */
function tab(home?: string) {
  const films = places(home);
  const [storage, pageshow] = [listeners.get('storage'), listeners.get('pageshow')];
  return {
    films,
    told: (key: string | null) => storage?.({ key }),
    shown: (persisted: boolean) => pageshow?.({ persisted }),
  };
}

beforeEach(() => {
  vi.stubGlobal('addEventListener', (type: string, listener: (event: object) => void) => listeners.set(type, listener));
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => disk.get(name) ?? null,
    setItem: (name: string, value: string) => void disk.set(name, value),
    removeItem: (name: string) => void disk.delete(name),
  });
});
afterEach(() => {
  disk.clear();
  listeners.clear();
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

it('knows what was written while it was frozen', () => {
  const [here, there] = [tab(), tab()];
  there.films.set('a.mp4', 60);
  here.shown(false);
  expect(here.films.get('a.mp4')).toBe(0);
  here.shown(true);
  here.films.set('b.mp4', 30);
  expect(tab().films.get('a.mp4')).toBe(60);
});

it('keeps the places of two galleries of one origin apart, also at the logout of one of them', () => {
  const [anna, ben] = [tab('/anna/').films, tab('/ben/').films];
  anna.set('a.mp4', 60);
  ben.set('a.mp4', 30);
  const kept = () => ['/anna/', '/ben/', '/'].map((home) => tab(home).films.get('a.mp4'));
  expect(kept()).toEqual([60, 30, 0]);
  anna.forget();
  expect(kept()).toEqual([0, 30, 0]);
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
