import { afterEach, describe, expect, it, vi } from 'vitest';
import { en } from '../words/en.ts';
import { Api, ApiError } from './client.ts';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status, headers }))));

afterEach(() => vi.unstubAllGlobals());

async function refusal(work: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error('expected an ApiError');
  return error;
}

describe('Api', () => {
  it('asks for an item by its key', async () => {
    answer(404, {});
    const api = new Api();
    await refusal(api.item('2024/a b+c?#%.jpg', 'photos'));
    expect(fetch).toHaveBeenCalledWith('/api/media/2024/a%20b%2Bc%3F%23%25.jpg?view=photos', { credentials: 'same-origin' });
  });

  it('posts JSON, and reads the answer', async () => {
    answer(200, { url: '/x' });
    const { signal } = new AbortController();
    const body = { view: 'everything' };
    expect(await new Api().post('/api/download', body, (value) => value, signal)).toEqual({ url: '/x' });
    const headers = { 'content-type': 'application/json' };
    const sent = { method: 'POST', headers, body: JSON.stringify(body), signal, credentials: 'same-origin' };
    expect(fetch).toHaveBeenCalledWith('/api/download', sent);
  });

  it('tells that the session is gone, once per refusal', async () => {
    answer(401, { title: 'Unauthorized' });
    const api = new Api();
    api.onUnauthorized = vi.fn();
    expect((await refusal(api.timeline('everything'))).status).toBe(401);
    expect(api.onUnauthorized).toHaveBeenCalledOnce();
  });

  it('does not take a wrong password for a lost session', async () => {
    answer(401, { title: 'Unauthorized' });
    const api = new Api();
    api.onUnauthorized = vi.fn();
    expect((await refusal(api.login('x', '/'))).status).toBe(401);
    expect(api.onUnauthorized).not.toHaveBeenCalled();
  });

  it('carries what the problem says, the request id, and the wait', async () => {
    answer(503, { title: 'Unavailable', detail: 'The store is down.', requestId: 'r-1' }, { 'retry-after': '7' });
    const error = await refusal(new Api().timeline('everything'));
    expect([error.message, error.status, error.requestId, error.retryAfter]).toEqual(['The store is down.', 503, 'r-1', 7]);
  });

  it('says something for a body that is no problem', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502, headers: { 'x-request-id': 'edge-9' } })));
    const error = await refusal(new Api().timeline('everything'));
    expect([error.message, error.requestId]).toEqual([en.errors.ofStatus[502], 'edge-9']);
  });

  it('says that nothing answered', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    const error = await refusal(new Api().timeline('everything'));
    expect(error.status).toBe(0);
    expect(error.message).toContain('cannot be reached');
  });

  it('says the same where the answer breaks off, so that it is tried again', async () => {
    let reason: Error = new TypeError('network error');
    const breaks = () =>
      new ReadableStream({
        start(body) {
          body.enqueue(new TextEncoder().encode('{"count": 1'));
          body.error(reason);
        },
      });
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(breaks(), { status: 200 })));
    const error = await refusal(new Api().timeline('everything'));
    expect([error.status, error.message]).toEqual([0, en.errors.unreachable]);
    reason = new DOMException('The page has other wishes.', 'AbortError');
    await expect(new Api().timeline('everything')).rejects.toBe(reason);
  });

  it('does not understand what is no JSON', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 200 })));
    const error = await refusal(new Api().timeline('everything'));
    expect([error.status, error.message]).toEqual([200, en.errors.notUnderstood]);
  });

  it('names what it could not read', async () => {
    answer(200, { count: 0, days: 'none' });
    expect((await refusal(new Api().timeline('everything'))).message).toBe("The server's answer was not understood: days is not a list.");
  });

  it('asks once for the session, however many pictures failed', async () => {
    answer(401, {});
    const api = new Api();
    expect(await Promise.all([api.stillWelcome(), api.stillWelcome(), api.stillWelcome()])).toEqual([false, false, false]);
    expect(fetch).toHaveBeenCalledOnce();
  });

  it('asks again after a login, whatever was asked before it', async () => {
    const asked: string[] = [];
    vi.stubGlobal('fetch', (path: string, { signal }: RequestInit) => {
      asked.push(path);
      if (asked.length > 1) return Promise.resolve(new Response('{}'));
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    const api = new Api();
    const before = api.stillWelcome();
    await api.login('x', '/');
    expect(await Promise.all([before, api.stillWelcome()])).toEqual([true, true]);
    expect(asked).toEqual(['/auth', '/login', '/auth']);
  });

  it('does not lock a viewer out because the network is down', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    expect(await new Api().stillWelcome()).toBe(true);
  });
});
