import Hls, { Events, type HlsListeners } from 'hls.js';
import { expect, it, vi } from 'vitest';
import { showSubtitles } from './subtitles.ts';

const cue = (startTime: number, endTime: number, text: string) => ({ startTime, endTime, text });

it('adds each cue once, also when a file is read again', () => {
  const listeners = new Map<string, (name: string, data: object) => void>();
  const hls = { on: (name: string, listener: never) => listeners.set(name, listener), subtitleTracks: [], subtitleTrack: -1 };
  const addCue = vi.fn();
  const video = { addTextTrack: vi.fn(() => ({ addCue, mode: 'hidden' })) };
  showSubtitles(hls as unknown as Hls, video as unknown as HTMLVideoElement);
  const parsed = (name: string, ...cues: object[]) => {
    const data = { type: 'subtitles', cues, track: name, subtitleTrack: { groupId: 'text', name, lang: 'de' } };
    listeners.get(Events.CUES_PARSED)?.(Events.CUES_PARSED, data as unknown as Parameters<HlsListeners[Events.CUES_PARSED]>[1]);
  };
  parsed('Deutsch', cue(1, 2, 'Hallo'), cue(1, 3, 'Hallo'));
  parsed('Deutsch', cue(1, 2, 'Hallo'), cue(4, 5, 'Hallo'));
  expect(addCue.mock.calls.map(([{ startTime, endTime }]) => [startTime, endTime])).toEqual([[1, 2], [1, 3], [4, 5]]);
  parsed('English', cue(1, 2, 'Hallo'));
  expect(addCue).toHaveBeenCalledTimes(4);
  expect(video.addTextTrack).toHaveBeenCalledTimes(2);
});
