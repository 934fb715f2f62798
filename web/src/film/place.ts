/** Where a film is, for coming back to it. */
import type { Places } from './types.ts';

/** Who leaves a film in its last seconds has seen it. */
const END = 3;

type Film = Pick<HTMLVideoElement, 'addEventListener' | 'currentTime' | 'duration' | 'ended' | 'played'>;

/** Notes the place of a film whenever it changes. */
export function note(video: Film, key: string, places: Pick<Places, 'set' | 'delete'>): void {
  const keep = (alsoFirst: boolean) => {
    if (video.ended || video.currentTime > video.duration - END) places.delete(key);
    else if (video.currentTime > 0 || alsoFirst) places.set(key, video.currentTime);
  };
  // An element is at 0 before it goes to the place that was kept.
  video.addEventListener('timeupdate', () => keep(false));
  // A film that has to be opened anew goes on where the viewer wants it, also before that place is loaded. Only
  // a viewer leads a film that has played back to 0.
  video.addEventListener('seeking', () => keep(video.played.length > 0));
}
