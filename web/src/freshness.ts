import type { Api } from './api/client.ts';

/** If the page comes back to the front within this time, in ms, it does not ask again. */
const PAUSE = 60_000;

/**
 * Notices that the catalogue has changed: asks once when the gallery opens, and whenever the page comes back to
 * the front after a while. `changed` is called at most once per change.
 */
export function freshness(api: Pick<Api, 'version'>, changed: () => void): { begin(): void } {
  let known: string | null = null;
  let asked = -Infinity;

  async function ask(): Promise<void> {
    asked = performance.now();
    const version = await api.version().catch(() => null);
    if (version === null) return;
    if (known !== null && known !== version) changed();
    known = version;
  }

  document.addEventListener('visibilitychange', () => {
    const back = document.visibilityState === 'visible' && known !== null;
    if (back && performance.now() - asked > PAUSE) void ask();
  });
  return {
    /** Call this when the gallery has just been read. Its present version is then the known one. */
    begin() {
      known = null;
      void ask();
    },
  };
}
