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

/**
 * Whether a request carries the session cookie across origins: only to the playlists' own origin, and only
 * if that is not the page's (which gets it anyway). The store's URLs are signed and never get it.
 */
export function withCookie(url: string, playlist: string, page: string): boolean {
  const origin = (of: string) => new URL(of, page).origin;
  return origin(url) === origin(playlist) && origin(playlist) !== new URL(page).origin;
}
