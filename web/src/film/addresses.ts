/** The signed URLs of a film's files. Playlists tell them, and tell others once these have expired. */
export interface Addresses {
  /** The URL as it was told last. */
  current(url: string): string;
  /** Asks the playlist anew. `null` if it tells no other URL, or cannot be had. */
  renew(url: string, playlist: string): Promise<string | null>;
}

/** How long a playlist may take, in ms. */
const PATIENCE = 10_000;

/** A query holds the signature. What is before it names the file. */
const nameOf = (url: string): string => url.split('?', 1)[0] ?? url;

export function addresses(): Addresses {
  const told = new Map<string, string>();
  /** The video and the sound of a film may expire at once, and each file of a package only once. */
  const asking = new Map<string, Promise<void>>();

  async function ask(playlist: string): Promise<void> {
    // The browser may have kept the playlist that told the old URLs.
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(playlist, { cache: 'reload', credentials: 'same-origin', signal });
    if (!response.ok) return;
    for (const uri of uris(await response.text())) {
      const url = new URL(uri, response.url || playlist).href;
      told.set(nameOf(url), url);
    }
  }

  return {
    current: (url) => told.get(nameOf(url)) ?? url,
    async renew(url, playlist) {
      const asked = asking.get(playlist) ?? ask(playlist).catch(() => undefined);
      asking.set(playlist, asked);
      await asked;
      asking.delete(playlist);
      const fresh = told.get(nameOf(url));
      return fresh === undefined || fresh === url ? null : fresh;
    },
  };
}

/** The URIs of a media playlist: its lines, and the attributes of its tags. */
export function uris(playlist: string): string[] {
  return playlist.split(/\r?\n/).flatMap((line) => {
    if (line === '') return [];
    if (!line.startsWith('#')) return [line];
    const found = /^#EXT-X-(?:MAP|KEY):.*\bURI="([^"]*)"/.exec(line)?.[1];
    return found === undefined ? [] : [found];
  });
}
