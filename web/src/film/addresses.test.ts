import { afterEach, expect, it, vi } from 'vitest';
import { addresses, uris } from './addresses.ts';

const playlist = (signature: string) =>
  `#EXTM3U\n#EXT-X-MAP:URI="https://store/a.mp4?s=${signature}",BYTERANGE="9@0"\n#EXTINF:4,\r\nhttps://store/a.mp4?s=${signature}\n`;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it('finds lines and attributes', () => {
  expect(uris(playlist('1'))).toEqual(['https://store/a.mp4?s=1', 'https://store/a.mp4?s=1']);
});

it('asks a playlist once for all that has expired, past the browser’s cache', async () => {
  const fetch = vi.fn(async () => new Response(playlist('2')));
  vi.stubGlobal('fetch', fetch);
  const known = addresses();
  expect(known.current('https://store/a.mp4?s=1')).toBe('https://store/a.mp4?s=1');
  const both = ['https://store/a.mp4?s=1', 'https://store/b.mp4?s=1'].map((url) => known.renew(url, 'https://gallery/p'));
  expect(await Promise.all(both)).toEqual(['https://store/a.mp4?s=2', null]);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(fetch).toHaveBeenCalledWith('https://gallery/p', expect.objectContaining({ cache: 'reload', credentials: 'same-origin' }));
  expect(known.current('https://store/a.mp4?s=1')).toBe('https://store/a.mp4?s=2');
});

it.each([['refuses', async () => new Response('', { status: 401 })], ['is away', async () => Promise.reject(new Error('away'))]])(
  'gives up when the service %s',
  async (_, answer) => {
    vi.stubGlobal('fetch', answer);
    expect(await addresses().renew('https://store/a.mp4?s=1', 'https://gallery/p')).toBeNull();
  },
);

it('gives up when the service never answers', async () => {
  const time = new AbortController();
  vi.spyOn(AbortSignal, 'timeout').mockReturnValue(time.signal);
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) =>
    new Promise((__, fail) => signal?.addEventListener('abort', () => fail(signal.reason))));
  const renewed = addresses().renew('https://store/a.mp4?s=1', 'https://gallery/p');
  time.abort();
  expect(await renewed).toBeNull();
});
