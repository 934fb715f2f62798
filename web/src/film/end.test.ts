import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atEnd } from './end.ts';

/** A film of ten seconds that stands at a place, waits for more, and has this much of it. */
function waiting(currentTime: number, loadedTo: number, more: object = {}): ReturnType<typeof vi.fn> {
  const buffered = { length: 1, start: () => 0, end: () => loadedTo };
  const video = Object.assign(new EventTarget(), { buffered, currentTime, duration: 10, paused: false, readyState: 2, seeking: false, ...more });
  const end = vi.fn();
  const leave = atEnd(video as unknown as HTMLVideoElement, end);
  video.dispatchEvent(new Event('waiting'));
  vi.advanceTimersByTime(400);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  leave();
  return end;
}

describe('a film that waits', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('has ended if all of it is there', () => {
    expect(waiting(9.93, 9.94)).toHaveBeenCalledOnce();
    expect(waiting(9.93, 10)).toHaveBeenCalledOnce();
  });

  it('waits on if some of it is missing', () => {
    expect(waiting(9.5, 9.6)).not.toHaveBeenCalled();
    expect(waiting(5, 5)).not.toHaveBeenCalled();
  });

  it('is left alone while it is paused, seeks, or has its next picture', () => {
    for (const more of [{ paused: true }, { seeking: true }, { readyState: 3 }]) {
      expect(waiting(9.93, 10, more)).not.toHaveBeenCalled();
    }
  });
});
