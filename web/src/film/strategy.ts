/** The features by which the best player for a browser is chosen. The browser's name is never used. */
export interface Abilities {
  /** Apple's own player, which can send a film to a television. */
  readonly airplay: boolean;
  /** MediaSource or ManagedMediaSource. */
  readonly mediaSource: boolean;
  /** The `video` element can play playlists. */
  readonly nativeHls: boolean;
}

export type Strategy = 'native' | 'hls.js' | 'none';

/**
 * With AirPlay, the system's player is better: it plays in the background and on televisions, and saves battery.
 * Without AirPlay, hls.js comes first, because native HLS outside WebKit is new and reports little about errors.
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
