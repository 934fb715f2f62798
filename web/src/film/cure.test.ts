import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cure, isExpired } from './cure.ts';

const url = 'https://store/a.mp4?X-Amz-Date=20261129T000000Z&X-Amz-Expires=3600';
const known = (fresh: string | null) => ({ current: (old: string) => old, renew: async () => fresh });
/** What a browser does that reaches the store or not, and may read its answers or not. */
const store = (reached: boolean, read: boolean) => async (_: string, { mode }: RequestInit) => {
  if (mode === 'no-cors' ? reached : read) return new Response();
  throw new TypeError('Failed to fetch');
};

beforeEach(() => {
  vi.stubGlobal('navigator', { onLine: true });
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 29) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('cure', () => {
  it('asks for fresh URLs after a refusal', async () => {
    expect(await cure(url, 403, 'p', known('fresh'))).toEqual({ again: 'fresh' });
    expect(await cure(url, 403, 'p', known(null))).toMatchObject({ status: 403 });
  });
  it('asks for fresh URLs where an expired one fails without a status', async () => {
    vi.setSystemTime(Date.UTC(2026, 10, 29, 2));
    expect(await cure(url, 0, 'p', known('fresh'))).toEqual({ again: 'fresh' });
  });
  it('names the rules of the store', async () => {
    vi.stubGlobal('fetch', store(true, false));
    expect(await cure(url, 0, 'p', known(null))).toEqual({ said: expect.stringContaining('CORS'), status: null });
  });
  it('names the rules of the store also where the gallery sends on to it', async () => {
    const redirect = store(true, false);
    // Without its cookie, the gallery answers itself, and readably.
    vi.stubGlobal('fetch', async (at: string, how: RequestInit) =>
      how.credentials === 'same-origin' ? redirect(at, how) : new Response('', { status: 401 }));
    expect(await cure('https://gallery/api/hls/a.mp4/720p.mp4', 0, 'p', known(null))).toMatchObject({ status: null });
  });
  it('does not blame the rules for an expired URL', async () => {
    vi.setSystemTime(Date.UTC(2026, 10, 29, 2));
    vi.stubGlobal('fetch', store(true, false));
    expect(await cure(url, 0, 'p', known(null))).toEqual({ said: expect.not.stringContaining('CORS'), status: 0 });
    vi.stubGlobal('navigator', { onLine: false });
    expect(await cure(url, 0, 'p', known(null))).toBeNull();
  });
  it('tries again after a moment’s failure', async () => {
    vi.stubGlobal('fetch', store(true, true));
    expect(await cure(url, 0, 'p', known(null))).toEqual({ again: url });
  });
  it('blames no rules where nothing answers', async () => {
    vi.stubGlobal('fetch', store(false, false));
    expect(await cure(url, 0, 'p', known(null))).toBeNull();
  });
  it('leaves other statuses to the player', async () => expect(await cure(url, 503, 'p', known('fresh'))).toBeNull());
});

it('knows when a URL expires', () => {
  expect(isExpired(url, Date.UTC(2026, 10, 29, 0, 59))).toBe(false);
  expect(isExpired(url, Date.UTC(2026, 10, 29, 1, 1))).toBe(true);
  expect(isExpired('https://store/a.mp4', Date.now())).toBe(false);
});
