import { describe, expect, it } from 'vitest';
import { failureOf, target, View } from './report.ts';

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
