/** The player with the page's own controls. Only `player.ts` imports it, and late, so that it loads with the first film. */
import { controls, type Away } from './controls/controls.ts';
import { hlsEngine } from './hls.ts';
import type { Engine, Events, Menu, Player } from './types.ts';

/** Where a film is shown, and how a device without the session gets it. */
export interface Place {
  readonly video: HTMLVideoElement;
  readonly frame: HTMLElement;
  readonly token: (() => Promise<string>) | null;
}

export function playHls(place: Place, url: string, start: number, events: Events): Player {
  const { video, frame, token } = place;
  return withControls(video, frame, hlsEngine(video, url, start, events), token && { url, token });
}

/** The browser's own playing of a file, which has one rung. `close` ends it. */
export function withFile(place: Place, close: () => void): Player {
  const none: Menu = { choices: [], chosen: () => -1, choose: () => undefined };
  const seek = (time: number) => (place.video.currentTime = time);
  const menus = { qualities: none, sounds: none, subtitles: none };
  const engine = { ...menus, previews: null, chapters: null, seek, changed: () => undefined, destroy: close };
  return withControls(place.video, place.frame, engine, null);
}

function withControls(video: HTMLVideoElement, frame: HTMLElement, engine: Engine, away: Away | null): Player {
  const own = controls(video, frame, engine, away);
  return {
    controls: own,
    destroy() {
      own.destroy();
      engine.destroy();
    },
  };
}
