import Hls, { ErrorTypes, Events as HlsEvents, type ErrorData } from 'hls.js/light';
import workerPath from 'hls.js/dist/hls.worker.js?url';
import { parseProblem } from '../api/parse.ts';
import { PLAYLIST } from './strategy.ts';
import type { Events, Player } from './types.ts';

/** How many seconds of film to buffer before the viewer presses play, and during playback. */
const READY = 8;
const PLAYING = 40;
/** If a repaired or reopened film breaks again within this time, in ms, it has failed for good. */
const PATIENCE = 30_000;

/** Plays through hls.js. This module is the only one that imports it, so it loads with the first film. */
export function play(video: HTMLVideoElement, url: string, start: number, events: Events): Player {
  const playlist = new URL(url, location.href).href;
  let reopened = -Infinity;
  let repaired = -Infinity;
  let hls = connect(start);

  function connect(from: number): Hls {
    const created = new Hls({
      workerPath,
      startPosition: from > 0 ? from : -1,
      maxBufferLength: video.paused ? READY : PLAYING,
      backBufferLength: 60,
      capLevelToPlayerSize: true,
    });
    created.on(HlsEvents.ERROR, (_, data) => {
      if (data.fatal) broken(data);
    });
    created.on(HlsEvents.MEDIA_ATTACHED, alternative);
    created.loadSource(playlist);
    created.attachMedia(video);
    return created;
  }

  /** With ManagedMediaSource, a native source beside hls.js's own keeps AirPlay possible (WebKit's advice). */
  function alternative(): void {
    const own = video.querySelector('source');
    if (!own) return;
    const source = document.createElement('source');
    source.type = PLAYLIST;
    source.src = playlist;
    own.after(source);
    video.disableRemotePlayback = false;
  }

  function broken(data: ErrorData): void {
    const status = data.response?.code || null;
    const now = performance.now();
    if (data.type === ErrorTypes.MEDIA_ERROR && now - repaired > PATIENCE) {
      repaired = now;
      hls.recoverMediaError();
      return;
    }
    // The signed URLs of a film that was paused for a night have expired. A fresh playlist has fresh URLs.
    if (status !== null && [403, 410].includes(status) && video.currentTime > 0 && now - reopened > PATIENCE) {
      reopened = now;
      reopen();
      return;
    }
    hls.stopLoad();
    events.failed(explain(data, status), status, requestIdOf(data));
  }

  function reopen(): void {
    const { currentTime, paused } = video;
    hls.destroy();
    hls = connect(currentTime);
    if (!paused) video.play().catch(() => undefined);
  }

  const playing = () => {
    hls.config.maxBufferLength = PLAYING;
  };
  video.addEventListener('play', playing);
  return {
    destroy() {
      video.removeEventListener('play', playing);
      hls.destroy();
      video.replaceChildren();
      video.removeAttribute('src');
      video.load();
    },
  };
}

function explain(data: ErrorData, status: number | null): string {
  if (data.type === ErrorTypes.NETWORK_ERROR) {
    const { detail, title } = problemOf(data);
    const said = detail ?? title;
    if (said) return said;
    return status === null
      ? 'The film stopped loading. Please check your connection.'
      : `The film could not be loaded (${status}).`;
  }
  return `This film cannot be played here (${data.details}).`;
}

const xhrOf = (data: ErrorData): XMLHttpRequest | null =>
  data.networkDetails instanceof XMLHttpRequest ? data.networkDetails : null;

function problemOf(data: ErrorData): ReturnType<typeof parseProblem> {
  const xhr = xhrOf(data);
  if (!xhr || !xhr.getResponseHeader('content-type')?.startsWith('application/problem+json')) return parseProblem(null);
  try {
    return parseProblem(JSON.parse(typeof xhr.response === 'string' ? xhr.response : new TextDecoder().decode(xhr.response as ArrayBuffer)));
  } catch {
    return parseProblem(null);
  }
}

function requestIdOf(data: ErrorData): string | null {
  return problemOf(data).requestId;
}
