/**
 * Where the page lies, and where its services are. Usually both are one: the services serve the page, at the root of
 * an origin or below a path. On a static host, a `config.json` beside the page says where they are.
 */

/** The folder of the page. The built scripts lie in a folder of it, and so does this file. */
const own: string = import.meta.url;
const home = new URL('..', own);
const isPage = /^https?:$/.test(home.protocol);

/** What stands before paths of the API: nothing, a path, or a URL. No slash is at its end. */
let api = isPage ? home.pathname.replace(/\/$/, '') : '';
let films = api;

/** The path of the page, with a slash at its end. */
export const homePath = (): string => (isPage ? home.pathname : '/');

/** The name of what the browser keeps for this gallery. An origin may have several, each below a path of its own. */
export const keptName = (name: string, home = homePath()): string => (home === '/' ? name : `${name} ${home}`);

/** A path of the services, such as `/api/media`, as this page reaches it. A URL stays as it is. */
export const reach = (path: string): string =>
  path.startsWith('/') ? (path.startsWith('/api/hls/') ? films : api) + path : path;

/** Whether the services have another origin than the page. Cookies then go along only if both are of one site. */
export const elsewhere = (): boolean => /^https?:/.test(api) && new URL(api).origin !== location.origin;

/** Whether requests carry the session's cookie. */
export const credentials = (): RequestCredentials => (elsewhere() ? 'include' : 'same-origin');

/** `config.json` cannot be used. The message is for whoever set it up. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A URL without a slash at its end. */
function base(value: unknown, name: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'string' ? value.replace(/\/+$/, '') : '';
  if (!/^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/i.test(text)) throw new ConfigError(name);
  return text;
}

/** Takes what `config.json` says. */
export function settle(config: unknown): void {
  if (typeof config !== 'object' || config === null) throw new ConfigError('config.json');
  const given = config as Readonly<Record<string, unknown>>;
  api = base(given['API_BASE'], 'API_BASE') ?? api;
  films = base(given['VIDEO_API_BASE'], 'VIDEO_API_BASE') ?? api;
}

/**
 * Finds the services, and then calls `start`: at once where they serve the page. `failed` is called with a
 * {@link ConfigError}. A host without `config.json` may answer with anything that is no JSON.
 */
export function locate(start: () => void, failed: (error: ConfigError) => void): void {
  const place = document.querySelector<HTMLMetaElement>('meta[name="gallery-config"]')?.content;
  if (place === undefined) {
    start();
    return;
  }
  const found = fetch(new URL(place, home), { credentials: 'omit' }).then(async (response) => {
    const isJson = response.ok && /json/.test(response.headers.get('content-type') ?? '');
    if (isJson) settle(await response.json().catch(() => null));
  });
  found.then(start, (error: unknown) => {
    if (error instanceof ConfigError) failed(error);
    // Without a connection, the page says so when it asks the services.
    else start();
  });
}
