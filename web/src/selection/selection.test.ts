import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Media } from '../api/types.ts';
import { Library } from '../library/library.ts';
import { media, timeline } from '../testing.ts';
import { selection } from './selection.ts';

/** Two blocks of two items, which come when a test says so. */
const KEYS: Readonly<Record<string, readonly string[]>> = { a: ['a0', 'a1'], b: ['b0', 'b1'] };
const settled = () => new Promise((done) => setTimeout(done, 0));

let library: Library;
let held: (() => void)[];
let state: ReturnType<typeof fresh>;
let select: ReturnType<typeof selection>;

const fresh = () => ({
  selection: signal<ReadonlyMap<string, Media>>(new Map()),
  selecting: signal(false),
  message: signal(''),
});
const selected = () => [...state.selection.value.keys()].sort();
const come = async () => {
  for (const go of held.splice(0)) go();
  await settled();
};

beforeEach(async () => {
  held = [];
  state = fresh();
  library = new Library(
    {
      timeline: () => Promise.resolve(timeline([['a', 2], ['b', 2]])),
      block: (name) => new Promise((done) => held.push(() => done((KEYS[name] ?? []).map((key) => media({ key }))))),
      item: () => Promise.reject(new Error('not asked for')),
    },
    'everything',
  );
  await library.read();
  library.want([0, 1], [0, 1]);
  await come();
  select = selection(state, { library: () => library });
});

describe('a selection whose items are still being read', () => {
  it('has them when they come', async () => {
    select.toggleAll([0, 4]);
    expect(selected()).toEqual(['a0', 'a1']);
    await come();
    expect(selected()).toEqual(['a0', 'a1', 'b0', 'b1']);
  });

  it('does not come back once it was ended', async () => {
    select.toggleAll([0, 4]);
    select.clear();
    await come();
    expect([selected(), state.selecting.value]).toEqual([[], false]);
  });

  it('leaves alone what was toggled meanwhile', async () => {
    select.toggleAll([0, 4]);
    select.toggle(1);
    await come();
    expect(selected()).toEqual(['a0', 'b0', 'b1']);
  });

  it('leaves alone what another range has changed meanwhile, whichever comes first', async () => {
    select.toggleAll([0, 4]);
    select.toggleAll([2, 4]);
    select.toggleAll([2, 4]);
    held.reverse();
    await come();
    expect(selected()).toEqual(['a0', 'a1']);
  });

  it('is taken back by the same box, and taken again', async () => {
    select.toggleAll([0, 4]);
    select.toggleAll([0, 4]);
    expect(selected()).toEqual([]);
    await come();
    expect(selected()).toEqual([]);
    select.toggleAll([0, 4]);
    expect(selected()).toEqual(['a0', 'a1', 'b0', 'b1']);
  });

  it('is not taken for the same numbers of another view', async () => {
    select.toggleAll([0, 4]);
    select.clear();
    select.toggleAll([0, 4]);
    const first = library;
    library = new Library(
      {
        timeline: () => Promise.resolve(timeline([['c', 4]])),
        block: () => Promise.resolve(['c0', 'c1', 'c2', 'c3'].map((key) => media({ key }))),
        item: () => Promise.reject(new Error('not asked for')),
      },
      'photos',
    );
    await library.read();
    select.toggleAll([0, 4]);
    await settled();
    expect(selected()).toEqual(['a0', 'a1', 'c0', 'c1', 'c2', 'c3']);
    library = first;
    await come();
    expect(selected()).toContain('b1');
  });

  it('is not set anew where nothing is left to change', async () => {
    select.toggleAll([0, 2]);
    const before = state.selection.value;
    await come();
    expect(state.selection.value).toBe(before);
  });
});
