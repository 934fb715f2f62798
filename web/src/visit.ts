/** Marks history entries that were made by opening an item from the grid. Closing the item then goes back. */
export interface Visit {
  readonly fromGrid: true;
  /** The view in which it was opened. A reload looks for the item there first. */
  readonly view: string;
}

export function fromGrid(state: unknown): state is Visit {
  return typeof state === 'object' && state !== null && 'fromGrid' in state;
}

/** The view of an entry. Entries of an earlier version of the page name none. */
export const openedIn = (state: unknown): string | null =>
  fromGrid(state) && typeof state.view === 'string' ? state.view : null;
