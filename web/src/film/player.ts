import { abilities, choose, PLAYLIST } from './strategy.ts';
import type { Events, Player } from './types.ts';

export interface Source {
  /** The URL of the playlist. On another origin it holds the right to the film, because no cookie is sent there. */
  readonly hls: string | null;
  /** The original, for films without a playlist. */
  readonly file: string;
}

/** Connects a film to its element. Nothing plays yet. `start` is where playback will begin, in seconds. */
export async function open(video: HTMLVideoElement, source: Source, start: number, events: Events): Promise<Player> {
  if (source.hls === null) return direct(video, source.file, start, events);
  switch (choose(abilities(video))) {
    case 'native':
      return direct(video, source.hls, start, events);
    case 'hls.js': {
      const { play } = await import('./hls.ts');
      return play(video, source.hls, start, events);
    }
    case 'none':
      events.failed('This browser cannot play films of this kind. The original can be downloaded.', null, null);
      return { destroy: () => undefined };
  }
}

/** The browser's own player. */
function direct(video: HTMLVideoElement, url: string, start: number, events: Events): Player {
  const stop = new AbortController();
  const source = document.createElement('source');
  source.src = url;
  if (new URL(url, location.href).pathname.startsWith('/api/hls/')) source.type = PLAYLIST;
  const failed = () => {
    const reason = video.error?.message ? ` (${video.error.message})` : '';
    events.failed(`This film could not be loaded${reason}.`, null, null);
  };
  // A source that cannot be used fires its own error event. A source that breaks later fires the video's.
  source.addEventListener('error', failed, { signal: stop.signal });
  video.addEventListener('error', failed, { signal: stop.signal });
  if (start > 0) {
    video.addEventListener('loadedmetadata', () => (video.currentTime = start), { signal: stop.signal, once: true });
  }
  video.replaceChildren(source);
  video.load();
  return {
    destroy() {
      stop.abort();
      video.replaceChildren();
      video.removeAttribute('src');
      video.load();
    },
  };
}
