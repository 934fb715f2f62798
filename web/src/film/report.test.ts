import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failureOf, isSegment, target, View, watch } from './report.ts';

describe('View', () => {
  it('counts a view with a stall and a change of quality', () => {
    const view = new View();
    view.play(1000);
    view.waiting(1010, false);
    view.resized(320, 180);
    view.playing(1400.4);
    view.waiting(3400.4, false);
    view.playing(4400.4);
    view.resized(1280, 720);
    view.pause(5400.4);
    expect(view.end(9000, 'ts')).toEqual({
      packaging: 'ts', firstFrameMs: 400, stalls: 1, stalledMs: 1000, playedMs: 3000, switches: 1, failure: null,
    });
  });

  it('takes neither a seek nor the time before the first picture for a stall', () => {
    const view = new View();
    view.play(0);
    view.waiting(1, false);
    view.playing(500);
    view.stop(600);
    view.waiting(601, true);
    view.playing(2000);
    view.waiting(2100, false);
    view.playing(2150);
    expect(view.end(2200, 'cmaf')).toMatchObject({ stalls: 0, stalledMs: 0, playedMs: 250 });
  });

  it('reports a film that never began', () => {
    const view = new View();
    view.play(0);
    view.failed('network');
    expect(view.end(5000, 'cmaf')).toMatchObject({ firstFrameMs: null, playedMs: 0, failure: 'network' });
  });

  it('reports no failure that was healed', () => {
    const view = new View();
    view.play(0);
    view.failed('media');
    view.playing(500);
    expect(view.end(600, 'cmaf')).toMatchObject({ failure: null });
  });

  it('says nothing of a film that nobody wanted to see', () => {
    const view = new View();
    view.resized(1, 1);
    expect(view.end(5000, 'cmaf')).toBeNull();
  });
});

describe('target', () => {
  it.each([
    ['https://a.test/api/hls/playlist?key=a.mp4&v=1', 'https://a.test/api/playback/report'],
    ['https://v.test/api/hls/~TOKEN/playlist?key=a%20b%2Fc.mp4&v=1', 'https://v.test/api/hls/~TOKEN/report?key=a%20b%2Fc.mp4'],
  ])('%s', (playlist, wanted) => expect(target(playlist)).toBe(wanted));
});

describe('failureOf', () => {
  it.each([[2, 'network'], [3, 'media'], [4, 'unsupported'], [1, 'other'], [undefined, 'other']] as const)('%s', (code, wanted) =>
    expect(failureOf(code)).toBe(wanted));
});

describe('isSegment', () => {
  it.each([
    ['https://store.test/hls/a.mp4/1/720p_000.ts?X-Amz-Expires=9', true],
    ['https://a.test/api/hls/a.mp4/720p_000.ts', true],
    ['https://a.test/api/hls/a.ts/index.m3u8?v=1', false],
    ['https://a.test/api/hls/a.mp4/index.m3u8?in=a.ts', false],
    ['https://a.test/assets/a.ts', false],
  ])('%s', (url, wanted) => expect(isSegment(url)).toBe(wanted));
});

describe('watch', () => {
  const url = 'https://a.test/api/hls/a.mp4/index.m3u8';
  const sent = vi.fn();
  const open = (asked: number | null) => {
    const video = Object.assign(new EventTarget(), { paused: true, seeking: false }) as unknown as HTMLVideoElement;
    const end = watch(video, url, () => asked);
    const fire = (name: string, now: number, detail?: string) => {
      vi.setSystemTime(now);
      video.dispatchEvent(new CustomEvent(name, { detail }));
    };
    return { fire, end: () => (end(), JSON.parse(sent.mock.lastCall?.[1]) as unknown) };
  };

  beforeEach(() => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] });
    vi.stubGlobal('performance', { now: () => Date.now() });
    vi.stubGlobal('navigator', { sendBeacon: sent });
    vi.stubGlobal('location', { href: url });
    vi.stubGlobal('addEventListener', () => undefined);
    vi.stubGlobal('PerformanceObserver', class {
      observe = () => undefined;
      disconnect = () => undefined;
      takeRecords = () => [{ name: url, serverTiming: [{ name: 'reports' }] }];
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('counts from the click where the page knows it, else from the start', () => {
    for (const [asked, wanted] of [[100, 900], [null, 600]] as const) {
      const { fire, end } = open(asked);
      fire('play', 400);
      fire('playing', 1000);
      expect(end()).toMatchObject({ firstFrameMs: wanted });
    }
  });

  it('tells of a failure, unless the film is opened again', () => {
    for (const [names, wanted] of [[['failed'], 'network'], [['failed', 'reopened'], null]] as const) {
      const { fire, end } = open(null);
      fire('play', 0);
      for (const name of names) fire(name, 500, 'network');
      expect(end()).toMatchObject({ failure: wanted });
    }
  });

  it('does not count the time of a repair as played', () => {
    const { fire, end } = open(null);
    fire('play', 0);
    fire('playing', 100);
    fire('emptied', 300);
    fire('playing', 900);
    fire('pause', 1000);
    expect(end()).toMatchObject({ playedMs: 300 });
  });
});
