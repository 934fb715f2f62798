import { placeFrom, type Place } from './grid/place.ts';

/** The place is saved when the window has not moved for this time, in ms. Safari allows a hundred changes in 30 s. */
const REST = 400;

/**
 * Keeps the place in the grid in the history's entry, through a reload and for Back. The browser cannot: it would
 * restore the place before the page has its height, and it would undo the page's own scrolling when an item is closed.
 * `undefined`: there is no grid now, and what was kept stays.
 */
export function keepPlace(now: () => Place | null | undefined): void {
  let resting: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    const place = now();
    if (place !== undefined) savePlace(place);
  };
  history.scrollRestoration = 'manual';
  addEventListener(
    'scroll',
    () => {
      clearTimeout(resting);
      resting = setTimeout(save, REST);
    },
    { passive: true },
  );
  // A reload may come sooner than that.
  addEventListener('pagehide', save);
}

/** The place that was kept in the present entry of the history. `null`: the top. */
export const keptPlace = (): Place | null => placeFrom(stateNow()['place']);

/** Saves the place in the entry that is about to be left. */
export function savePlace(place: Place | null): void {
  try {
    history.replaceState({ ...stateNow(), place }, '');
  } catch {
    // Too many changes for Safari. The place before is kept.
  }
}

function stateNow(): Readonly<Record<string, unknown>> {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null ? { ...state } : {};
}
