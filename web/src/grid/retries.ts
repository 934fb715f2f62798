/** The first wait after a failure, in ms. It doubles with every further one, up to the longest. */
const WAIT = 1500;
const LONGEST_WAIT = 30_000;
/** A server may ask for this much, in ms. */
const LONGEST_REST = 300_000;
/** After this time without a failure, in ms, the next one is the first. */
const FORGOTTEN = 60_000;
/** A picture that fails so often, although its own address answers, is broken. */
const MOST = 4;

/** A picture that did not load. */
export interface Failed {
  /** The address that was asked for. */
  readonly url: string;
  /** Loads it again. */
  retry(): void;
}

/** Fetches a picture that failed. Elsewhere, the page may not read answers, so that only the picture itself tells. */
export const asked = (url: string): Promise<Response> =>
  new URL(url, location.href).origin === location.origin ? fetch(url) : Promise.resolve(new Response());

export interface Retries {
  add(failed: Failed): void;
  /** The picture is no longer wanted. */
  remove(failed: Failed): void;
  /** Tries again at once, e.g. because the network is there again. */
  now(): void;
}

/**
 * Loads pictures again that failed. One is asked for first, for all of them: a store that is busy is not hurried, and
 * it may say how long it wants to rest, which a picture alone never tells. `ask` fetches an address.
 */
export function retries(ask: (url: string) => Promise<Response>, unauthorized: () => void): Retries {
  const failed = new Set<Failed>();
  /** How often each picture failed although its address answered. */
  const broken = new Map<string, number>();
  /** The pictures that are given up, until the session or the network is there again. */
  const given = new Set<Failed>();
  /** The addresses that have had their turn. */
  const had = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let asking = false;
  let last = -Infinity;

  function later(wait: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void probe(), wait);
  }

  const backOff = () => Math.min(LONGEST_WAIT, WAIT * 2 ** Math.min(10, tries++));

  /** The next one to be asked for. Each has its turn, so that an address that never answers holds nobody up. */
  function turn(): Failed | undefined {
    const next = [...failed];
    const first = next.find(({ url }) => !had.has(url)) ?? (had.clear(), next[0]);
    if (first) had.add(first.url);
    return first;
  }

  function all(): void {
    const again = [...failed];
    failed.clear();
    for (const each of again) each.retry();
  }

  async function probe(): Promise<void> {
    if (asking) return;
    const first = turn();
    if (!first) return;
    asking = true;
    const answer = await ask(first.url).catch(() => null);
    asking = false;
    if (answer?.ok) {
      tries += 1;
      broken.set(first.url, (broken.get(first.url) ?? 0) + 1);
      all();
    } else if (answer?.status === 401) unauthorized();
    else if (answer && answer.status < 500 && answer.status !== 429) {
      // It is not there, which says nothing about the others.
      if (failed.delete(first)) given.add(first);
      broken.set(first.url, MOST);
      if (failed.size > 0) later(0);
    } else {
      const rest = Number(answer?.headers.get('retry-after') ?? 0) * 1000;
      later(Math.max(Number.isFinite(rest) ? Math.min(rest, LONGEST_REST) : 0, backOff()));
    }
  }

  return {
    add(each) {
      if ((broken.get(each.url) ?? 0) >= MOST) {
        given.add(each);
        return;
      }
      const now = performance.now();
      if (now - last > FORGOTTEN) tries = 0;
      last = now;
      const alone = failed.size === 0;
      failed.add(each);
      if (alone && !asking) later(tries === 0 ? 0 : backOff());
    },
    remove(each) {
      failed.delete(each);
      given.delete(each);
    },
    now() {
      clearTimeout(timer);
      tries = 0;
      broken.clear();
      for (const each of given) failed.add(each);
      given.clear();
      all();
    },
  };
}
