import { expect, it } from 'vitest';
import { note } from './place.ts';

/** A film of 100 seconds, and what is kept of its place. */
function film(kept: number) {
  const places = new Map([['a.mp4', kept]]);
  const state = { currentTime: 0, duration: 100, ended: false, played: { length: 0 } };
  const video = Object.assign(new EventTarget(), state);
  note(video as unknown as HTMLVideoElement, 'a.mp4', places);
  return (event: 'timeupdate' | 'seeking', now: Partial<typeof state> = {}) => {
    Object.assign(video, now).dispatchEvent(new Event(event));
    return places.get('a.mp4');
  };
}

it('keeps the place until the film has gone there', () => {
  const now = film(40);
  expect(now('timeupdate')).toBe(40);
  expect(now('seeking')).toBe(40);
  expect(now('seeking', { currentTime: 40 })).toBe(40);
  expect(now('timeupdate', { currentTime: 41, played: { length: 1 } })).toBe(41);
});

it('knows that the viewer went to the beginning, also of a film that is paused', () => {
  const now = film(40);
  now('timeupdate', { currentTime: 41, played: { length: 1 } });
  expect(now('seeking', { currentTime: 0 })).toBe(0);
});

it('keeps nothing of a film that was seen', () => {
  expect(film(40)('timeupdate', { currentTime: 98 })).toBeUndefined();
  expect(film(40)('timeupdate', { ended: true })).toBeUndefined();
});
