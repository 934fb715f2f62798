import { abilities, choose, PLAYLIST } from './strategy.ts';
import type { Events, Player } from './types.ts';
import { words } from '../words/words.ts';

export interface Source {
  /** The URL of the playlist. On another origin it holds the right to the film, because no cookie is sent there. */
  readonly hls: string | null;
  /** The URL of the playlist with a token, for a television, which has no cookie. */
  readonly token: (() => Promise<string>) | null;
  /** The original, for films without a playlist. */
  readonly file: string;
}

const full = () => import('./full.ts');

/** Loads what a film needs beside its own files, before somebody opens one. */
export function prepare(): void {
  if (choose(abilities(document.createElement('video'))) === 'hls.js') full().catch(() => undefined);
}

/** Connects a film to its element in `frame`. Nothing plays yet. `start` is where playback begins, in seconds. */
export async function open(video: HTMLVideoElement, frame: HTMLElement, source: Source, start: number, events: Events): Promise<Player> {
  const strategy = choose(abilities(video));
  const none = { controls: null, destroy: () => undefined };
  if (strategy === 'native') {
    // AirPlay hands the URL over to a television, so that it must hold the right to the film.
    const url = source.hls === null ? source.file : ((await source.token?.()) ?? source.hls);
    return { ...none, destroy: direct(video, url, start, events) };
  }
  if (source.hls !== null && strategy === 'none') {
    events.failed(words.film.unsupported, null, null);
    return none;
  }
  if (source.hls !== null) warm(source.hls);
  const { playHls, withFile } = await full();
  const place = { video, frame, token: source.token };
  if (source.hls !== null) return playHls(place, source.hls, start, events);
  return withFile(place, direct(video, source.file, start, events));
}

/** The playlist that was fetched last. */
let warmed = '';

/** Fetches the master while the page turns and the player itself loads. The browser keeps it for hls.js. */
export function warm(url: string): void {
  if (url === warmed || choose(abilities(document.createElement('video'))) !== 'hls.js') return;
  warmed = url;
  prepare();
  fetch(url, { credentials: 'same-origin' }).then(
    (response) => response.arrayBuffer(),
    () => undefined,
  ).catch(() => undefined);
}

/** The browser's own playing of a URL. Returns what ends it. */
function direct(video: HTMLVideoElement, url: string, start: number, events: Events): () => void {
  const stop = new AbortController();
  const source = document.createElement('source');
  source.src = url;
  if (new URL(url, location.href).pathname.includes('/api/hls/')) source.type = PLAYLIST;
  const failed = () => {
    const reason = video.error?.message;
    events.failed(reason ? words.film.notLoadedWhy(reason) : words.film.notLoaded, null, null);
  };
  // A source that cannot be used fires its own error event. A source that breaks later fires the video's.
  source.addEventListener('error', failed, { signal: stop.signal });
  video.addEventListener('error', failed, { signal: stop.signal });
  if (start > 0) {
    video.addEventListener('loadedmetadata', () => (video.currentTime = start), { signal: stop.signal, once: true });
  }
  video.replaceChildren(source);
  video.load();
  return () => {
    stop.abort();
    video.replaceChildren();
    video.removeAttribute('src');
    video.load();
  };
}
