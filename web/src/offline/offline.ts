/** What stays on this device for times without a connection. The service worker keeps it, see `worker/sw.ts`. */
import { elsewhere, homePath } from '../services.ts';

/** How long after the first pictures the worker may come, in ms: it must not take the connection from them. */
const REST = 4_000;
/** How many URLs the page tells that it loaded before the worker was there. */
const MOST = 400;
const KEPT = /\/api\/(?:timeline|blocks|thumbnail)\b/;

const home = (): string => new URL(homePath(), location.href).href;
const workers = (): ServiceWorkerContainer | undefined => ('serviceWorker' in navigator ? navigator.serviceWorker : undefined);
let begun = false;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** Begins to keep what is seen. A page without a secure connection has no workers. */
export function begin(): void {
  const container = workers();
  // Answers of another origin would only be kept as what no script may read.
  if (begun || !container || elsewhere()) return;
  begun = true;
  waiting = setTimeout(() => void register(container).catch(() => undefined), REST);
}

async function register(container: ServiceWorkerContainer): Promise<void> {
  // The browser itself looks for a newer one, with each visit.
  if (container.controller !== null) return;
  await container.register(new URL('sw.js', home()), { scope: home() });
  const { active } = await container.ready;
  // Meanwhile, the viewer may have logged out.
  if (!begun) return;
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
  active?.postMessage({ seen: [...new Set(loaded.filter((name) => KEPT.test(name)))].slice(-MOST) });
}

/** Forgets all that was kept of the gallery: the viewer has logged out, or the session has ended. */
export async function forget(): Promise<void> {
  begun = false;
  clearTimeout(waiting);
  // What was loaded until now is not kept after another login either.
  performance.clearResourceTimings();
  const container = workers();
  const said = { forget: true };
  container?.controller?.postMessage(said);
  try {
    // A worker that has just come controls no page yet, and keeps all the same.
    const registration = container?.controller === null ? await container.getRegistration(home()) : undefined;
    if (registration?.scope === home()) registration.active?.postMessage(said);
    const names = await caches.keys();
    const kept = names.filter((name) => name.startsWith(`edge-gallery ${home()} seen `));
    await Promise.all(kept.map((name) => caches.delete(name)));
  } catch {
    // A browser that keeps nothing has no caches, or does not let the page see them.
  }
}
