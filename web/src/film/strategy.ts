/** How a browser best plays a film, decided from what it has, never from its name. */
export interface Abilities {
  /** Apple's own player, the one that can hand a film to a television. */
  readonly airplay: boolean;
  /** MediaSource or ManagedMediaSource. */
  readonly mediaSource: boolean;
  /** The `video` element takes playlists. */
  readonly nativeHls: boolean;
}

export type Strategy = 'native' | 'hls.js' | 'none';

/**
 * Where AirPlay is, the system's player is the better one: it plays in the background, on televisions, and saves battery.
 * Elsewhere hls.js comes first, for native HLS outside WebKit is young and says little about errors.
 */
export function choose({ airplay, mediaSource, nativeHls }: Abilities): Strategy {
  if (airplay && nativeHls) return 'native';
  if (mediaSource) return 'hls.js';
  return nativeHls ? 'native' : 'none';
}

export const PLAYLIST = 'application/vnd.apple.mpegurl';

export function abilities(video: HTMLVideoElement): Abilities {
  return {
    airplay: 'webkitShowPlaybackTargetPicker' in video,
    mediaSource: 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis,
    nativeHls: video.canPlayType(PLAYLIST) !== '',
  };
}
