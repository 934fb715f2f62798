import { describe, expect, it } from 'vitest';
import { actionOf } from './shortcuts.ts';

function pressed(key: string, shiftKey = false) {
  const done: string[] = [];
  const video = { currentTime: 3, duration: 60, muted: true, volume: 0.98 };
  const note = (word: string) => () => void done.push(word);
  const action = actionOf({ key, shiftKey });
  action?.({ video, seek: (time) => done.push(`to ${time}`), toggle: note('toggle'), caption: note('caption'), screen: note('screen') });
  return action ? { done, video } : null;
}

describe('keys of a film', () => {
  it.each([
    [' ', 'toggle'],
    ['k', 'toggle'],
    ['K', 'toggle'],
    ['ArrowLeft', 'to 0'],
    ['ArrowRight', 'to 8'],
    ['l', 'to 13'],
    ['Home', 'to 0'],
    ['End', 'to 60'],
    ['f', 'screen'],
    ['c', 'caption'],
  ])('%j does %s', (key, what) => expect(pressed(key)?.done).toEqual([what]));
  it('sets the sound', () => {
    expect(pressed('m')?.video.muted).toBe(false);
    expect(pressed('ArrowUp')?.video).toMatchObject({ muted: false, volume: 1 });
  });
  it('leaves the others, and Shift, to the viewer', () => {
    expect(pressed('x')).toBeNull();
    expect(pressed('ArrowRight', true)).toBeNull();
  });
});
