/** If the page comes back to the front within this time, in ms, it does not ask again. */
const PAUSE = 60_000;

/**
 * Notices that the library has changed: asks whenever the page comes back to the front after a while. A failure is no
 * news.
 */
export function freshness(isStale: () => Promise<boolean>, changed: () => void): void {
  let asked = performance.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || performance.now() - asked <= PAUSE) return;
    asked = performance.now();
    isStale().then(
      (stale) => stale && changed(),
      () => undefined,
    );
  });
}
