import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshness } from './freshness.ts';

let page: EventTarget & { visibilityState: string };

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The page comes to the front after `seconds`. */
async function back(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  page.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(0);
}

describe('freshness', () => {
  it('tells of a change, and of no other answer', async () => {
    let stale = false;
    const changed = vi.fn();
    freshness(() => Promise.resolve(stale), changed);
    await back(61);
    expect(changed).not.toHaveBeenCalled();
    stale = true;
    await back(61);
    expect(changed).toHaveBeenCalledOnce();
  });

  it('asks neither soon after the start, nor soon again, nor in the background', async () => {
    const isStale = vi.fn(() => Promise.resolve(false));
    freshness(isStale, () => undefined);
    await back(5);
    expect(isStale).not.toHaveBeenCalled();
    await back(61);
    await back(5);
    page.visibilityState = 'hidden';
    await back(100);
    expect(isStale).toHaveBeenCalledOnce();
  });

  it('takes a failure for no news', async () => {
    const isStale = vi.fn(() => Promise.resolve(false));
    const changed = vi.fn();
    freshness(isStale, changed);
    isStale.mockRejectedValueOnce(new Error('down'));
    await back(61);
    await back(61);
    expect(changed).not.toHaveBeenCalled();
    expect(isStale).toHaveBeenCalledTimes(2);
  });
});
