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

const ordered = (one: number, other: number): Range => [Math.min(one, other), Math.max(one, other) + 1];

export function selection(state: State, shown: Shown): Selection {
  /** The number of the item that was toggled last. */
  let anchor = -1;

  function set(items: Items): void {
    batch(() => {
      const few = items.size <= MOST ? items : new Map([...items].slice(0, MOST));
      if (few !== items) state.message.value = words.select.most(MOST);
      state.selection.value = few;
      state.selecting.value = few.size > 0;
    });
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

  /** What has been read changes at once, and the rest when it has come. */
  async function change(range: Range, add: boolean): Promise<void> {
    set(changed(state.selection.value, known(range), add));
    const of = shown.library();
    try {
      const items = await of.items(range);
      if (of === shown.library()) set(changed(state.selection.value, items, add));
    } catch {
      state.message.value = words.select.failed;
    }
  }

  function toggle(index: number): void {
    const item = shown.library().at(index);
    if (!item) return;
    anchor = index;
    set(changed(state.selection.value, [item], !state.selection.value.has(item.key)));
  }

  return {
    toggle,
    extend(index) {
      if (anchor < 0) toggle(index);
      else void change(ordered(anchor, index), true);
    },
    toggleAll(range) {
      const items = known(range);
      const all = items.length === range[1] - range[0] && items.every(({ key }) => state.selection.value.has(key));
      void change(range, !all);
    },
    begin(index) {
      const base = state.selection.value;
      const first = shown.library().at(index);
      const add = first === null || !base.has(first.key);
      let end = index;
      anchor = index;
      const to = (next: number) => {
        end = next;
        set(changed(base, known(ordered(index, end)), add));
      };
      to(index);
      return { to, end: () => void change(ordered(index, end), add) };
    },
    clear() {
      anchor = -1;
      set(new Map());
    },
  };
}
