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
  it('tells of a change once, and not of the state it began with', async () => {
    let version = 'v1';
    const changed = vi.fn();
    freshness({ version: () => Promise.resolve(version) }, changed).begin();
    await back(61);
    expect(changed).not.toHaveBeenCalled();
    version = 'v2';
    await back(61);
    await back(61);
    expect(changed).toHaveBeenCalledOnce();
  });

  it('asks neither soon again, nor in the background, nor before it has begun', async () => {
    const version = vi.fn(() => Promise.resolve('v1'));
    const watch = freshness({ version }, () => undefined);
    await back(100);
    expect(version).not.toHaveBeenCalled();
    watch.begin();
    await back(5);
    page.visibilityState = 'hidden';
    await back(100);
    expect(version).toHaveBeenCalledOnce();
  });

  it('takes a failure for no news', async () => {
    const version = vi.fn(() => Promise.resolve('v1'));
    const changed = vi.fn();
    freshness({ version }, changed).begin();
    await vi.advanceTimersByTimeAsync(0);
    version.mockRejectedValueOnce(new Error('down'));
    await back(61);
    await back(61);
    expect(changed).not.toHaveBeenCalled();
    expect(version).toHaveBeenCalledTimes(3);
  });
});
