/**
 * The service worker: without a connection, the page shows what was seen before. With one, all answers are those of
 * the services, and only built files, whose names hold their content, come from this device.
 *
 * The names of the caches hold the digest of the build, so that no build meets what another one kept.
 */
import { kindOf, mayKeep, originOf, sameInAnotherSize, type Kind } from './kinds.ts';
import { Shelf } from './shelf.ts';

declare const self: ServiceWorkerGlobalScope;
/** The digest of the build, and its files relative to the page: those that the page loads first, and all. */
declare const __BUILD__: string;
declare const __FIRST__: readonly string[];
declare const __FILES__: readonly string[];

/** The size of an answer that does not tell it, in bytes. */
const UNKNOWN = 50_000;
/** How long the list of what is kept may lag behind, in ms. */
const LAG = 1_000;

const scope = self.registration.scope;
const TIMELINES = `${scope}api/timeline`;
/** A timeline is read once, at the beginning, and without it nothing is shown. */
const LIMITS = { bytes: 60_000_000, entries: 2_000, last: TIMELINES };
const ours = `edge-gallery ${scope} `;
const SHELL = `${ours}shell ${__BUILD__}`;
const SEEN = `${ours}seen ${__BUILD__}`;
/** The list of what is kept. Nothing is at this address. */
const LIST = `${scope}.seen`;
const files = new Set(__FILES__);

/** Changes go one after another, so that nothing is written after it was to be forgotten. */
let queue: Promise<unknown> = Promise.resolve();
const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
  const done = queue.then(change);
  queue = done.catch(() => undefined);
  return done;
};
/** Grows when everything is forgotten. */
let generation = 0;
let shelf: Promise<Shelf> | null = null;
let writing: Promise<void> | null = null;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll([scope, ...__FIRST__.map((file) => scope + file)])));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith(ours) && name !== SHELL && name !== SEEN);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.registration.navigationPreload?.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('message', (event) => {
  const said = event.data as { readonly forget?: true; readonly seen?: readonly string[] };
  if (said.forget) event.waitUntil(forget());
  if (said.seen) event.waitUntil(seed(said.seen));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { method, mode, url, headers } = request;
  const kind = kindOf({ method, mode, url, isRange: headers.has('range') }, scope, files);
  if (kind === 'page') event.respondWith(page(event));
  else if (kind === 'file') event.respondWith(file(event));
  else if (kind) event.respondWith(answer(event, kind));
});

async function page(event: FetchEvent): Promise<Response> {
  try {
    return ((await event.preloadResponse) as Response | undefined) ?? (await fetch(event.request));
  } catch (error) {
    const kept = await (await caches.open(SHELL)).match(scope);
    if (kept) return kept;
    throw error;
  }
}

/** A device that has no room, or opens no cache, keeps nothing. The page gets what the network gave all the same. */
async function file(event: FetchEvent): Promise<Response> {
  const { request } = event;
  const cache = await caches.open(SHELL).catch(() => null);
  const kept = await cache?.match(request.url).catch(() => undefined);
  if (kept) return kept;
  const response = await fetch(request);
  if (cache && mayKeep(response)) event.waitUntil(cache.put(request.url, response.clone()).catch(() => undefined));
  return response;
}

/** The services' answer, or without a connection the last one. */
async function answer(event: FetchEvent, kind: Kind): Promise<Response> {
  const { url } = event.request;
  const began = generation;
  let response: Response;
  try {
    response = await fetch(event.request);
  } catch (error) {
    const cache = await caches.open(SEEN);
    const kept = (await cache.match(url)) ?? (kind === 'picture' ? await inAnotherSize(url, cache) : undefined);
    if (kept) return kept;
    throw error;
  }
  // The session has ended.
  if (response.status === 401) event.waitUntil(forget());
  else if (mayKeep(response)) event.waitUntil(keep(url, kind, response.clone(), began));
  return response;
}

/** The page asks for sizes by the window and the connection. Without one, any size will do. */
async function inAnotherSize(url: string, cache: Cache): Promise<Response | undefined> {
  const other = sameInAnotherSize(url, (await current()).urls());
  return other === undefined ? undefined : cache.match(other);
}

function keep(url: string, kind: Kind, response: Response, began: number): Promise<void> {
  return inTurn(async () => {
    if (began !== generation) return;
    const [list, cache] = await Promise.all([current(), caches.open(SEEN)]);
    if (kind !== 'timeline' && list.has(url)) {
      // What such a URL names does not change.
      list.touch(url);
      later();
      return;
    }
    const body = await response.blob();
    if (kind === 'timeline') await onlyOf(list, cache, originOf(await body.text()));
    const headers = new Headers(response.headers);
    // They are those of the bytes that were sent.
    for (const name of ['content-encoding', 'content-length']) headers.delete(name);
    await cache.put(url, new Response(body, { headers }));
    const gone = list.add(url, body.size);
    await Promise.all(gone.map((each) => cache.delete(each)));
    later();
  });
}

/** Lets go the timelines of other versions and sessions. Blocks are named after their content. */
async function onlyOf(list: Shelf, cache: Cache, origin: string): Promise<void> {
  for (const url of list.urls().filter((each) => each.startsWith(TIMELINES))) {
    const kept = await cache.match(url);
    if (kept && originOf(await kept.text()) === origin) continue;
    list.remove(url);
    await cache.delete(url);
  }
}

/** The list of what is kept. If it was lost, the cache tells what there is. */
function current(): Promise<Shelf> {
  shelf ??= (async () => {
    const cache = await caches.open(SEEN);
    const written = await cache.match(LIST);
    if (written) return new Shelf(LIMITS, (await written.json()) as ReturnType<Shelf['toJSON']>);
    const keys = await cache.keys();
    return new Shelf(LIMITS, keys.map(({ url }, at) => [url, [UNKNOWN, at + 1]]));
  })();
  return shelf;
}

/** Writes the list soon. */
function later(): void {
  writing ??= new Promise((done) => setTimeout(done, LAG)).then(() =>
    inTurn(async () => {
      writing = null;
      if (shelf === null) return;
      const text = JSON.stringify(await shelf);
      await (await caches.open(SEEN)).put(LIST, new Response(text));
    }),
  );
}

/** Forgets all that was seen. The page's own files hold nothing of the gallery. */
function forget(): Promise<unknown> {
  generation += 1;
  return inTurn(async () => {
    shelf = null;
    await caches.delete(SEEN);
  });
}

/** Keeps what the page had loaded before this worker was there. The browser still has most of it. */
async function seed(urls: readonly string[]): Promise<void> {
  const began = generation;
  for (const url of urls) {
    const kind = kindOf({ method: 'GET', mode: 'cors', url, isRange: false }, scope, files);
    if (kind === null || kind === 'page' || kind === 'file') continue;
    const response = await fetch(url, { cache: 'force-cache', credentials: 'same-origin' }).catch(() => null);
    if (response && mayKeep(response)) await keep(url, kind, response, began).catch(() => undefined);
  }
}
