/** What a request is for. The worker leaves everything else alone: films, originals, downloads, what is sent. */
export type Kind = 'page' | 'file' | 'timeline' | 'block' | 'picture';

export interface Asked {
  readonly method: string;
  readonly mode: string;
  readonly url: string;
  /** Of a part of a file. */
  readonly isRange: boolean;
}

/** `scope` is the URL of the page, with a slash at its end. `files` are the built files, relative to it. */
export function kindOf({ method, mode, url, isRange }: Asked, scope: string, files: ReadonlySet<string>): Kind | null {
  if (method !== 'GET' || isRange || !url.startsWith(scope)) return null;
  const path = (url.slice(scope.length).split(/[?#]/, 1)[0] ?? '');
  if (mode === 'navigate') return path === '' ? 'page' : null;
  if (files.has(path)) return 'file';
  if (path === 'api/timeline') return 'timeline';
  if (path.startsWith('api/blocks/')) return 'block';
  return path.startsWith('api/thumbnail/') ? 'picture' : null;
}

/** Whether an answer may be kept on this device. */
export function mayKeep(response: Pick<Response, 'status' | 'type' | 'redirected' | 'headers'>): boolean {
  const { status, type, redirected, headers } = response;
  return status === 200 && type === 'basic' && !redirected && !/no-store/i.test(headers.get('cache-control') ?? '');
}

/** The version of the library that a timeline is of, and what the session opens. A browser may follow several links. */
export function originOf(timeline: string): string {
  const { version, views, link } = JSON.parse(timeline) as Readonly<Record<string, unknown>>;
  return JSON.stringify([version, views, link]);
}

/** The URL of the same version of a picture, whatever its size, that was seen last. `urls` are in the order of coming. */
export function sameInAnotherSize(url: string, urls: readonly string[]): string | undefined {
  const part = (of: string) => {
    const { pathname, searchParams } = new URL(of);
    return `${pathname}?${searchParams.get('v') ?? ''}`;
  };
  const wanted = part(url);
  return urls.findLast?.((each) => part(each) === wanted) ?? urls.find((each) => part(each) === wanted);
}
