import type Hls from 'hls.js';
import type { Menu } from './types.ts';
import { bitRate } from '../ui/format.ts';
import { words } from '../words/words.ts';

const NONE: Menu = { choices: [], chosen: () => -1, choose: () => undefined };

/** What the viewer may choose of a film. Where there is nothing to choose, the menu is empty. */
export function menus(hls: Hls): { qualities: Menu; sounds: Menu; subtitles: Menu } {
  return { qualities: qualities(hls), sounds: sounds(hls), subtitles: subtitles(hls) };
}

function qualities(hls: Hls): Menu {
  if (hls.levels.length < 2) return NONE;
  const rungs = hls.levels.map(({ name, height, bitrate }, id) => {
    const size = height ? `${height}p` : bitRate(bitrate);
    return { id, label: name || size };
  });
  const playing = rungs[hls.currentLevel]?.label;
  return {
    choices: [{ id: -1, label: hls.autoLevelEnabled && playing ? words.film.autoNow(playing) : words.film.auto }, ...rungs.reverse()],
    chosen: () => hls.manualLevel,
    choose: (id) => (hls.nextLevel = id),
  };
}

function sounds(hls: Hls): Menu {
  if (hls.audioTracks.length < 2) return NONE;
  return {
    choices: hls.audioTracks.map(({ id, name }) => ({ id, label: name })),
    chosen: () => hls.audioTrack,
    choose: (id) => (hls.audioTrack = id),
  };
}

function subtitles(hls: Hls): Menu {
  if (hls.subtitleTracks.length === 0) return NONE;
  return {
    choices: [{ id: -1, label: words.film.off }, ...hls.subtitleTracks.map(({ name }, id) => ({ id, label: name }))],
    chosen: () => hls.subtitleTrack,
    choose: (id) => (hls.subtitleTrack = id),
  };
}
