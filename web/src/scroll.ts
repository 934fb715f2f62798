/**
 * Keeps the place in the grid through a reload, in the history's entry. The browser cannot: it would restore the place
 * before the page has its height, and it would undo the page's own scrolling when an item is closed.
 */
export function keepScroll(): number {
  history.scrollRestoration = 'manual';
  addEventListener('pagehide', () => {
    const state: unknown = history.state;
    history.replaceState({ ...(typeof state === 'object' ? state : null), scroll: scrollY }, '');
  });
  const state: unknown = history.state;
  const kept = typeof state === 'object' && state !== null && 'scroll' in state ? state.scroll : 0;
  return typeof kept === 'number' ? kept : 0;
}
