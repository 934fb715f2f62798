import { afterEach, expect, it, vi } from 'vitest';
import { media } from '../testing.ts';
import { filesOf } from './share.ts';

afterEach(() => vi.unstubAllGlobals());

const named = (...names: string[]) => names.map((name) => media({ name, file: `/api/file/${name}` }));
const wanted = new AbortController().signal;
/** A service that answers with these statuses, and otherwise with a file. */
const answers = (statuses: Readonly<Record<string, number>>) =>
  vi.stubGlobal('fetch', async (url: string) => new Response('bytes', { status: statuses[url.slice('/api/file/'.length)] ?? 200 }));

it('reads the files of a selection, without those that a link does not give', async () => {
  answers({ 'b.jpg': 404 });
  expect((await filesOf(named('a.jpg', 'b.jpg', 'c.jpg'), wanted)).map(({ name }) => name)).toEqual(['a.jpg', 'c.jpg']);
  expect(await filesOf(named('b.jpg'), wanted)).toEqual([]);
});

it.each([401, 500, 503])('reads none where a service answers %i', async (status) => {
  answers({ 'b.jpg': status });
  await expect(filesOf(named('a.jpg', 'b.jpg'), wanted)).rejects.toThrow(String(status));
});

it('reads no more once it is given up', async () => {
  const reading = new AbortController();
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string, { signal }: RequestInit) => {
    asked.push(url);
    reading.abort();
    signal?.throwIfAborted();
    return new Response('bytes');
  });
  await expect(filesOf(named('a.jpg', 'b.jpg'), reading.signal)).rejects.toThrow();
  expect(asked).toEqual(['/api/file/a.jpg']);
});
