import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { insist, isLoaded } from './seek.ts';

/** An element of which this much is loaded, and whose seeks end only when they are told to. */
class Video extends EventTarget {
  seeking = false;
  sought: number[] = [];
  loaded: readonly (readonly [number, number])[];
  #time = 0;

  constructor(loaded: Video['loaded']) {
    super();
    this.loaded = loaded;
  }

  get buffered(): TimeRanges {
    return { length: this.loaded.length, start: (at) => this.loaded[at]?.[0] ?? 0, end: (at) => this.loaded[at]?.[1] ?? 0 };
  }

  get currentTime(): number {
    return this.#time;
  }

  set currentTime(time: number) {
    this.#time = time;
    this.sought.push(time);
    this.seeking = true;
    this.dispatchEvent(new Event('seeking'));
  }
}

const watched = (loaded: Video['loaded']): [Video, () => void] => {
  const video = new Video(loaded);
  return [video, insist(video as unknown as HTMLVideoElement)];
};

describe('a seek', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('that does not end is repeated, until it ends', () => {
    const [video] = watched([[0.1, 4]]);
    video.currentTime = 0.2;
    vi.advanceTimersByTime(1_900);
    expect(video.sought).toEqual([0.2]);
    vi.advanceTimersByTime(2_200);
    expect(video.sought).toHaveLength(3);
    video.seeking = false;
    vi.advanceTimersByTime(60_000);
    expect(video.sought).toHaveLength(3);
    expect(video.currentTime).toBeCloseTo(0.24);
  });

  it('that waits for the network is left alone, until its place is loaded', () => {
    const [video] = watched([[0, 4]]);
    video.currentTime = 9;
    vi.advanceTimersByTime(30_000);
    expect(video.sought).toEqual([9]);
    video.loaded = [[0, 4], [8, 12]];
    vi.advanceTimersByTime(2_100);
    expect(video.sought).toHaveLength(2);
  });

  it('is the caller’s own after the end', () => {
    const [video, end] = watched([[0, 4]]);
    video.currentTime = 1;
    end();
    vi.advanceTimersByTime(60_000);
    video.currentTime = 2;
    vi.advanceTimersByTime(60_000);
    expect(video.sought).toEqual([1, 2]);
  });
});

it('what is loaded ends before the end of a range', () => {
  const video = new Video([[0.1, 4], [8, 12]]);
  expect([0, 0.1, 3.9, 4, 8, 12].map((time) => isLoaded(video, time))).toEqual([false, true, true, false, true, false]);
});
