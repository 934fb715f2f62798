import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Media } from '../api/types.ts';
import { Library } from '../library/library.ts';
import { media, timeline } from '../testing.ts';
import { en } from '../words/en.ts';
import { MOST, selection } from './selection.ts';

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

/** Another view, all of whose items have been read. */
async function other(keys: readonly string[]): Promise<Library> {
  const items = keys.map((key) => media({ key }));
  const created = new Library(
    {
      timeline: () => Promise.resolve(timeline([['c', keys.length]])),
      block: () => Promise.resolve(items),
      item: () => Promise.reject(new Error('not asked for')),
    },
    'photos',
  );
  await created.read();
  await created.items([0, keys.length]);
  return created;
}

describe('a selection up to an item', () => {
  it('begins at the item that was toggled last, whatever its number in another view', async () => {
    library = await other(['x', 'y', 'a1', 'z']);
    select.toggle(2);
    library = await other(['a1', 'y', 'x', 'z']);
    select.extend(1);
    await settled();
    expect(selected()).toEqual(['a1', 'y']);
  });

  it('is that item alone where the first one is not in the view', async () => {
    select.toggle(0);
    library = await other(['x', 'y', 'z']);
    select.extend(2);
    await settled();
    expect(selected()).toEqual(['a0', 'z']);
    select.extend(1);
    await settled();
    expect(selected()).toEqual(['a0', 'y', 'z']);
  });

  it('begins anew once the selection was ended', () => {
    select.toggle(0);
    select.clear();
    select.extend(1);
    expect(selected()).toEqual(['a1']);
  });
});

describe('what is said of a selection', () => {
  const many = (count: number) => other(Array.from({ length: count }, (_, at) => `n${at}`));

  it('goes when something else is selected, and when the selection is ended', async () => {
    library = await many(MOST + 2);
    for (const next of [() => select.toggle(0), () => select.toggleAll([0, 2]), () => select.begin(1).end(), select.clear]) {
      select.toggleAll([0, MOST + 1]);
      await settled();
      expect(state.message.value).toBe(en.select.most(MOST));
      next();
      await settled();
      expect(state.message.value).toBe('');
      select.clear();
    }
  });

  it('holds only as long as a pointer selects too much', async () => {
    library = await many(MOST + 2);
    const sweep = select.begin(0);
    sweep.to(MOST);
    expect(state.message.value).toBe(en.select.most(MOST));
    sweep.to(4);
    expect(state.message.value).toBe('');
    sweep.end();
    await settled();
  });

  it('goes after what could not be read, too', () => {
    state.message.value = en.select.failed;
    select.toggle(0);
    expect(state.message.value).toBe('');
  });

  it('leaves alone what others have said', () => {
    state.message.value = 'Logging out failed.';
    select.toggle(0);
    select.clear();
    expect(state.message.value).toBe('Logging out failed.');
  });
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
