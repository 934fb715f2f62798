/** The place is saved when the window has not moved for this time, in ms. Safari allows a hundred changes in 30 s. */
const REST = 400;

/**
 * Keeps the place in the grid through a reload, in the history's entry, and returns the place that was kept. The
 * browser cannot: it would restore the place before the page has its height, and it would undo the page's own scrolling
 * when an item is closed.
 */
export function keepScroll(): number {
  let resting: ReturnType<typeof setTimeout> | undefined;
  history.scrollRestoration = 'manual';
  addEventListener(
    'scroll',
    () => {
      clearTimeout(resting);
      resting = setTimeout(saveScroll, REST);
    },
    { passive: true },
  );
  const { scroll } = stateNow();
  return typeof scroll === 'number' ? scroll : 0;
}

/** Saves the place in the entry that is about to be left. */
export function saveScroll(): void {
  try {
    history.replaceState({ ...stateNow(), scroll: scrollY }, '');
  } catch {
    // Too many changes for Safari. The place before is kept.
  }
}

function stateNow(): Readonly<Record<string, unknown>> {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null ? { ...state } : {};
}
