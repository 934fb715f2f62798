import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { retries, type Failed } from './retries.ts';

const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers });

describe('retries', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function failing(answers: (Response | null)[]) {
    const asked: string[] = [];
    const again: string[] = [];
    let locked = 0;
    const list = retries(
      (url) => {
        asked.push(url);
        const next = answers.shift();
        return next ? Promise.resolve(next) : Promise.reject(new TypeError('offline'));
      },
      () => (locked += 1),
    );
    const failed = (url: string): Failed => ({ url, retry: () => again.push(url) });
    return { list, asked, again, failed, locked: () => locked };
  }

  it('ask for one picture, and then load all of them', async () => {
    const { list, asked, again, failed } = failing([answer(200)]);
    for (const url of ['/a', '/b', '/c']) list.add(failed(url));
    await vi.advanceTimersByTimeAsync(10);
    expect(asked).toEqual(['/a']);
    expect(again).toEqual(['/a', '/b', '/c']);
  });

  it('wait as long as the server wants', async () => {
    const { list, asked, again, failed } = failing([answer(503, { 'retry-after': '20' }), answer(200)]);
    list.add(failed('/a'));
    await vi.advanceTimersByTimeAsync(19_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(again).toEqual(['/a']);
  });

  it('wait longer and longer without a network, and go on at once when it is there', async () => {
    const { list, asked, again, failed } = failing([]);
    list.add(failed('/a'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(9);
    list.now();
    expect(again).toEqual(['/a']);
  });

  it('give up what is not there, and not the others', async () => {
    const { list, again, failed } = failing([answer(404), answer(200)]);
    list.add(failed('/a'));
    list.add(failed('/b'));
    await vi.advanceTimersByTimeAsync(10);
    expect(again).toEqual(['/b']);
    list.add(failed('/a'));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(again).toEqual(['/b']);
  });

  it('ask for another one when the first does not answer', async () => {
    const { list, asked, again, failed } = failing([answer(503), answer(200)]);
    for (const url of ['/a', '/b']) list.add(failed(url));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toEqual(['/a', '/b']);
    expect([...again].sort()).toEqual(['/a', '/b']);
  });

  it('give up no picture because another one answered', async () => {
    const { list, asked, again, failed } = failing(Array.from({ length: 50 }, () => answer(200)));
    let lost = 0;
    const often: Failed = {
      url: '/b',
      retry() {
        again.push('/b');
        if ((lost += 1) > 5) return;
        // Another one is lost before it, and comes at the next try.
        list.add(failed(`/a${lost}`));
        list.add(often);
      },
    };
    list.add(failed('/a0'));
    list.add(often);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toEqual(['/a0', '/a1', '/a2', '/a3', '/a4', '/a5']);
    expect(again.filter((url) => url === '/b')).toHaveLength(6);
  });

  it('try also what was given up when the network is there again, except what is no longer wanted', async () => {
    const { list, again, failed } = failing([answer(404), answer(404), answer(200)]);
    const gone = failed('/gone');
    for (const each of [failed('/a'), gone, failed('/b')]) list.add(each);
    await vi.advanceTimersByTimeAsync(10);
    expect(again).toEqual(['/b']);
    list.add(failed('/a'));
    list.remove(gone);
    list.now();
    expect([...again].sort()).toEqual(['/a', '/a', '/b']);
  });

  it('give up a picture that is broken', async () => {
    const { list, asked, failed } = failing(Array.from({ length: 50 }, () => answer(200)));
    const broken: Failed = { url: '/a', retry: () => list.add(broken) };
    list.add(broken);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked.length).toBeLessThan(6);
    expect(failed).toBeDefined();
  });

  it('say that the session is gone, and forget what is no longer wanted', async () => {
    const { list, asked, failed, locked } = failing([answer(401)]);
    const gone = failed('/gone');
    list.add(gone);
    list.add(failed('/a'));
    list.remove(gone);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(asked).toEqual(['/a']);
    expect(locked()).toBe(1);
  });
});
