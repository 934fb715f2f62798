import { batch } from '@preact/signals';
import type { Media } from '../api/types.ts';
import type { Library, Range } from '../library/library.ts';
import type { State } from '../state.ts';
import { words } from '../words/words.ts';

/** A download has at most so many items. */
export const MOST = 5000;

/** What selecting needs to know of the grid. */
export interface Shown {
  library(): Library;
}

export interface Selection {
  toggle(index: number): void;
  /** Selects everything from the item that was toggled last to another one. */
  extend(index: number): void;
  /** Selects all of a range, or nothing of it if all of it is selected. */
  toggleAll(range: Range): void;
  /** Begins to select a range while a pointer moves. */
  begin(index: number): Sweep;
  clear(): void;
}

/** A range under way. What was selected before stays, whatever the range does. */
export interface Sweep {
  to(index: number): void;
  end(): void;
}

type Items = ReadonlyMap<string, Media>;

/** A change whose items are still being read. */
interface Change {
  /** The library whose items have these numbers. */
  readonly of: Library;
  readonly range: Range;
  readonly add: boolean;
  /** What was changed since it began, and is left as it is. */
  readonly later: Range[];
}

const ordered = (one: number, other: number): Range => [Math.min(one, other), Math.max(one, other) + 1];

const within = (index: number) => ([from, to]: Range) => index >= from && index < to;

export function selection(state: Pick<State, 'selection' | 'selecting' | 'message'>, shown: Shown): Selection {
  /** The key of the item that was toggled last. Its number is another one in another view. */
  let anchor: string | null = null;
  const pending = new Set<Change>();

  function set(items: Items): void {
    batch(() => {
      const few = items.size <= MOST ? items : new Map([...items].slice(0, MOST));
      if (few !== items) state.message.value = words.select.most(MOST);
      state.selection.value = few;
      state.selecting.value = few.size > 0;
    });
  }

  /** What was said of the selection before is no longer so. What others have said stays. */
  function hush(): void {
    const said = state.message.peek();
    if (said === words.select.failed || said === words.select.most(MOST)) state.message.value = '';
  }

  const known = ([from, to]: Range): Media[] => {
    const of = shown.library();
    return Array.from({ length: to - from }, (_, at) => of.at(from + at)).filter((item) => item !== null);
  };

  function changed(base: Items, items: readonly Media[], add: boolean): Items {
    const next = new Map(base);
    for (const item of items) if (!add) next.delete(item.key); else next.set(item.key, item);
    return next;
  }

  /** The viewer's last word counts: changes that are still under way leave this range alone. */
  function claim(range: Range): void {
    for (const each of pending) if (each.of === shown.library()) each.later.push(range);
  }

  /** What has been read changes at once, and the rest when it has come. */
  async function change(range: Range, add: boolean): Promise<void> {
    hush();
    claim(range);
    set(changed(state.selection.value, known(range), add));
    const of = shown.library();
    const mine: Change = { of, range, add, later: [] };
    pending.add(mine);
    try {
      const items = await of.items(range);
      if (!pending.has(mine) || of !== shown.library()) return;
      const { value } = state.selection;
      const rest = items.filter(({ key }) => value.has(key) !== add && !mine.later.some(within(of.indexOf(key))));
      if (rest.length > 0) set(changed(value, rest, add));
    } catch {
      if (pending.has(mine)) state.message.value = words.select.failed;
    } finally {
      pending.delete(mine);
    }
  }

  function toggle(index: number): void {
    const item = shown.library().at(index);
    if (!item) return;
    hush();
    anchor = item.key;
    claim([index, index + 1]);
    set(changed(state.selection.value, [item], !state.selection.value.has(item.key)));
  }

  /** Whether a range is selected as a whole, or will be. */
  function isWhole([from, to]: Range): boolean {
    const library = shown.library();
    const under = [...pending].findLast(({ of, range }) => of === library && range[0] === from && range[1] === to);
    if (under) return under.add;
    const items = known([from, to]);
    return items.length === to - from && items.every(({ key }) => state.selection.value.has(key));
  }

  return {
    toggle,
    extend(index) {
      const from = anchor === null ? -1 : shown.library().indexOf(anchor);
      if (from < 0) toggle(index);
      else void change(ordered(from, index), true);
    },
    toggleAll: (range) => void change(range, !isWhole(range)),
    begin(index) {
      const base = state.selection.value;
      const first = shown.library().at(index);
      const add = first === null || !base.has(first.key);
      let end = index;
      anchor = first?.key ?? null;
      const to = (next: number) => {
        end = next;
        hush();
        set(changed(base, known(ordered(index, end)), add));
      };
      to(index);
      return { to, end: () => void change(ordered(index, end), add) };
    },
    clear() {
      hush();
      anchor = null;
      pending.clear();
      set(new Map());
    },
  };
}
