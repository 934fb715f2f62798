import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api, ApiError, mediaPath } from './client.ts';

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

describe('mediaPath', () => {
  it('encodes the cursor and leaves out what is not asked', () => {
    expect(mediaPath({ limit: 100 })).toBe('/api/media?limit=100');
    expect(mediaPath({ limit: 1, cursor: 'a+/=&b', type: 'video' })).toBe('/api/media?limit=1&cursor=a%2B%2F%3D%26b&type=video');
  });
});

describe('Api', () => {
  it('tells that the session is gone, once per refusal', async () => {
    answer(401, { title: 'Unauthorized' });
    const api = new Api();
    api.onUnauthorized = vi.fn();
    expect((await refusal(api.media({ limit: 1 }))).status).toBe(401);
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
    const error = await refusal(new Api().media({ limit: 1 }));
    expect([error.message, error.status, error.requestId, error.retryAfter]).toEqual(['The store is down.', 503, 'r-1', 7]);
  });

  it('says something for a body that is no problem', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('<html>', { status: 502, headers: { 'x-request-id': 'edge-9' } })));
    const error = await refusal(new Api().media({ limit: 1 }));
    expect([error.message, error.requestId]).toEqual(['The server answered 502.', 'edge-9']);
  });

  it('says that nothing answered', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    const error = await refusal(new Api().media({ limit: 1 }));
    expect(error.status).toBe(0);
    expect(error.message).toContain('cannot be reached');
  });

  it('names what it could not read', async () => {
    answer(200, { items: 'none', nextCursor: null });
    expect((await refusal(new Api().media({ limit: 1 }))).message).toBe("The server's answer was not understood: items is not a list.");
  });

  it('asks once for the session, however many pictures failed', async () => {
    answer(401, {});
    const api = new Api();
    expect(await Promise.all([api.stillWelcome(), api.stillWelcome(), api.stillWelcome()])).toEqual([false, false, false]);
    expect(fetch).toHaveBeenCalledOnce();
  });

  it('does not lock a viewer out because the network is down', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    expect(await new Api().stillWelcome()).toBe(true);
  });
});
