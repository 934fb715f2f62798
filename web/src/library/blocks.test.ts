import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/client.ts';
import type { Media } from '../api/types.ts';
import { media } from '../testing.ts';
import { Blocks } from './blocks.ts';

interface Request {
  readonly name: string;
  readonly signal: AbortSignal;
  come(): void;
  fail(error: unknown): void;
}

let requests: Request[];
let blocks: Blocks;
const events = { came: vi.fn(), changed: vi.fn(), gone: vi.fn() };
const asked = () => requests.map(({ name }) => name);
const wait = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const request = (name: string): Request => {
  const found = requests.findLast((each) => each.name === name);
  if (!found) throw new Error(`${name} was not asked for`);
  return found;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  requests = [];
  blocks = new Blocks(
    (name, signal) =>
      new Promise<readonly Media[]>((come, fail) => {
        requests.push({ name, signal, come: () => come([media({ key: name })]), fail });
      }),
    events,
  );
});
afterEach(() => vi.useRealTimers());

describe('Blocks', () => {
  it('reads a block once', async () => {
    blocks.want(['a'], []);
    blocks.want(['a'], []);
    request('a').come();
    await wait();
    blocks.want(['a'], []);
    await wait(100_000);
    expect(asked()).toEqual(['a']);
    expect(blocks.get('a')?.[0]?.key).toBe('a');
    expect(events.came).toHaveBeenCalledExactlyOnceWith('a', [media({ key: 'a' })]);
    expect(events.changed).toHaveBeenCalledOnce();
  });

  it('reads a few at once, in the order of need', async () => {
    blocks.want(['c', 'a', 'd', 'b'], []);
    expect(asked()).toEqual(['c', 'a', 'd']);
    request('a').come();
    await wait();
    expect(asked()).toEqual(['c', 'a', 'd', 'b']);
  });

  it('reads ahead when everything that is seen is there', async () => {
    blocks.want(['a', 'b'], ['c']);
    request('a').come();
    await wait();
    expect(asked()).toEqual(['a', 'b']);
    request('b').come();
    await wait();
    expect(asked()).toEqual(['a', 'b', 'c']);
  });

  it('gives up what is no longer wanted', async () => {
    blocks.want(['a', 'b', 'c'], ['d']);
    blocks.want(['x'], ['b']);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true, false, true, false]);
    expect(asked()).toEqual(['a', 'b', 'c', 'x']);
    request('a').come();
    request('c').fail(new Error('aborted'));
    await wait();
    expect(blocks.get('a')).toBeUndefined();
    expect(events.changed).not.toHaveBeenCalled();
  });

  it('tries again after longer and longer waits, and tells of the second failure', async () => {
    blocks.want(['a'], []);
    request('a').fail(new ApiError('down', 503));
    await wait();
    expect(blocks.trouble).toBeNull();
    await wait(999);
    expect(requests).toHaveLength(1);
    await wait(1);
    expect(requests).toHaveLength(2);
    request('a').fail(new ApiError('still down', 503));
    await wait();
    expect((blocks.trouble as Error).message).toBe('still down');
    await wait(1999);
    expect(requests).toHaveLength(2);
    await wait(1);
    request('a').come();
    await wait();
    expect(blocks.trouble).toBeNull();
  });

  it('waits as long as the server asks', async () => {
    blocks.want(['a'], []);
    request('a').fail(new ApiError('busy', 429, null, 7));
    await wait(6999);
    expect(requests).toHaveLength(1);
    await wait(1);
    expect(requests).toHaveLength(2);
  });

  it('does not try again what is out of sight', async () => {
    blocks.want(['a'], []);
    request('a').fail(new ApiError('down', 503));
    await wait();
    blocks.want([], []);
    await wait(100_000);
    expect(requests).toHaveLength(1);
  });

  it('reads other blocks while one waits, also ahead', async () => {
    blocks.want(['a', 'b'], ['c']);
    request('a').fail(new ApiError('down', 503));
    request('b').come();
    await wait();
    expect(asked()).toEqual(['a', 'b', 'c']);
  });

  it('tries at once when it is told to', async () => {
    blocks.want(['a'], []);
    request('a').fail(new ApiError('offline', 0));
    await wait();
    blocks.retry();
    expect(requests).toHaveLength(2);
  });

  it('says when a block is gone, and waits then too', async () => {
    blocks.want(['a'], []);
    request('a').fail(new ApiError('gone', 404));
    await wait(999);
    expect(events.gone).toHaveBeenCalledOnce();
    expect(requests).toHaveLength(1);
  });
});
