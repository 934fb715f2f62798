/** Sending a film to a television where the browser offers it: the Remote Playback API (w3.org/TR/remote-playback). */
import { h } from '../../ui/dom.ts';
import { PLAYLIST } from '../strategy.ts';
import { words } from '../../words/words.ts';

export interface Cast {
  /** Asks which television. Must be called by a click. */
  choose(): Promise<void>;
  destroy(): void;
}

/**
 * A television cannot play what a page puts together by MediaSource, and it has no cookie of the gallery. A second
 * element takes the film over there, with a URL that holds a token. `available` tells whether there is a television.
 */
export function cast(video: HTMLVideoElement, url: string, token: () => Promise<string>, available: (yes: boolean) => void): Cast | null {
  if (!('remote' in video) || video.canPlayType(PLAYLIST) === '') return null;
  const away = h('video', { class: 'film-away', preload: 'none', controls: true, playsinline: true, 'aria-label': words.film.onTelevision });
  const { remote } = away;
  let over = false;

  // A browser looks for televisions that can play the element's source. Nothing is loaded of it.
  const look = () => {
    away.src = url;
    remote.watchAvailability((yes) => !over && available(yes)).catch(() => undefined);
  };
  video.addEventListener('playing', look, { once: true });

  remote.addEventListener('connect', () => {
    away.currentTime = video.currentTime;
    video.pause();
    video.after(away);
    void away.play().catch(() => undefined);
  });
  remote.addEventListener('disconnect', () => {
    video.currentTime = away.currentTime;
    away.remove();
  });
  return {
    async choose() {
      away.src = new URL(await token(), location.href).href;
      await remote.prompt();
    },
    destroy() {
      over = true;
      video.removeEventListener('playing', look);
      void remote.cancelWatchAvailability().catch(() => undefined);
      away.remove();
      away.removeAttribute('src');
    },
  };
}
