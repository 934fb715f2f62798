import Hls, { ErrorDetails, ErrorTypes, Events as HlsEvents, FetchLoader, type ErrorData } from 'hls.js';
import { parseProblem } from '../api/parse.ts';
import { addresses } from './addresses.ts';
import { causeOf, cure } from './cure.ts';
import { atEnd } from './end.ts';
import { helped } from './loader.ts';
import { menus } from './menus.ts';
import { learn, network } from './network.ts';
import { type Failure, watch } from './report.ts';
import { ahead, prompt } from './rungs.ts';
import { insist, isLoaded } from './seek.ts';
import { PLAYLIST } from './strategy.ts';
import { showSubtitles } from './subtitles.ts';
import type { Engine, Events } from './types.ts';
import { explained } from '../words/problem.ts';
import { words } from '../words/words.ts';

/** If a repaired film breaks again within this time, in ms, it has failed for good. */
const PATIENCE = 30_000;
/** How long segments are, in seconds, until a playlist says it: the first one of ingest's packages, and others. */
const FIRST = 1;
const USUAL = 4;
/** What is loaded before the first frame is shown, in seconds: less than the first segment, so that this one is all. */
const BEGINNING = 0.5;
/** Less than a segment. */
const HELD = 0.05;

/** What a report calls them. */
const FAILURES: Partial<Record<ErrorTypes, Failure>> = {
  [ErrorTypes.NETWORK_ERROR]: 'network',
  [ErrorTypes.MEDIA_ERROR]: 'media',
  [ErrorTypes.MUX_ERROR]: 'media',
  [ErrorTypes.KEY_SYSTEM_ERROR]: 'key',
};

/** Plays through hls.js. Loads the playlists and one segment of each kind, and more once the film plays. */
export function hlsEngine(video: HTMLVideoElement, url: string, start: number, events: Events): Engine {
  const playlist = new URL(url, location.href).href;
  const known = addresses();
  let repaired = -Infinity;
  let held = video.paused;
  let starting = true;
  let playing = !video.paused;
  let segment = USUAL;
  /** The kinds of segments that were asked for before the film plays. */
  const began = new Set<string>();
  let over = false;
  const report = watch(video, playlist, events.asked);
  const leave = insist(video);

  const hls = new Hls({
    // Fragmented MP4 goes to the browser as it is, and old films are few: a worker would only cost its download.
    enableWorker: false,
    autoStartLoad: false,
    startFragPrefetch: true,
    testBandwidth: false,
    abrEwmaDefaultEstimate: network(),
    capLevelToPlayerSize: true,
    backBufferLength: 30,
    // The limits are set below. hls.js takes the larger one of these two up to the third.
    maxBufferSize: 0,
    maxBufferLength: HELD,
    maxMaxBufferLength: HELD,
    enableCEA708Captions: false,
    enableIMSC1: false,
    renderTextTracksNatively: false,
    // Chromium holds a request for a file back while another one of it fills the cache. So an init segment stays out of
    // the cache, and comes beside the first segment of its file.
    fetchSetup: ({ url: file }, init) => new Request(file, { ...(init as RequestInit), cache: 'no-store' }),
    fLoader: helped(Hls.DefaultConfig.loader, FetchLoader, {
      current: known.current,
      cure: (file, status, from) => cure(file, status, from, known),
      lost: ({ said, status }) => fail(said, status, null, status === null, 'network'),
    }),
  });
  const { errorRetry } = hls.config.fragLoadPolicy.default;
  // hls.js gives up where the browser tells no status. Where this is not the store's doing, the network is.
  if (errorRetry) {
    errorRetry.shouldRetry = (_, count, __, response, usual) =>
      usual || (response?.code === 0 && count < errorRetry.maxNumRetry);
  }

  const leaveEnd = atEnd(video, () => hls.trigger(HlsEvents.BUFFER_EOS, { type: null }));

  const engine: { -readonly [name in keyof Engine]: Engine[name] } = {
    ...menus(hls),
    previews: null,
    chapters: null,
    changed: () => undefined,
    seek(time) {
      // Of a place that is not loaded, a cheap segment comes first.
      if (!isLoaded(video, time) && hls.autoLevelEnabled && hls.levels.length > 1) {
        const rung = prompt(hls.levels, hls.bandwidthEstimate, segment, hls.maxAutoLevel);
        // hls.js takes a value for its own, and not for a wish, if it is the one that it has reckoned itself.
        hls.nextAutoLevel = rung + 1;
        hls.nextAutoLevel = rung;
      }
      video.currentTime = time;
    },
    destroy() {
      over = true;
      report();
      leave();
      leaveEnd();
      video.removeEventListener('play', release);
      video.removeEventListener('playing', started);
      video.removeEventListener('play', note);
      video.removeEventListener('pause', note);
      hls.destroy();
      video.replaceChildren();
      video.removeAttribute('src');
      video.load();
    },
  };
  const update = () => {
    Object.assign(engine, menus(hls));
    engine.changed();
  };

  hls.on(HlsEvents.MANIFEST_PARSED, (_, { levels, audioTracks, sessionData }) => {
    const named = (id: string) => {
      const uri = sessionData?.[id]?.['URI'];
      return typeof uri === 'string' ? new URL(uri, hls.url ?? playlist).href : null;
    };
    engine.previews = named('edge-gallery.previews');
    engine.chapters = named('com.apple.hls.chapters');
    // Only the first segments are short.
    const short = start < USUAL && (engine.previews !== null || audioTracks.some(({ url: own }) => own));
    const first = short ? FIRST : USUAL;
    hls.startLevel = prompt(levels, network(), first, hls.maxAutoLevel, held);
    limit();
    hls.startLoad(start > 0 ? start : -1);
    update();
  });
  hls.on(HlsEvents.LEVEL_LOADED, (_, { details }) => {
    segment = details.targetduration || USUAL;
    limit();
  });
  hls.on(HlsEvents.LEVEL_SWITCHED, () => {
    limit();
    update();
  });
  hls.on(HlsEvents.AUDIO_TRACKS_UPDATED, update);
  hls.on(HlsEvents.AUDIO_TRACK_SWITCHED, update);
  hls.on(HlsEvents.SUBTITLE_TRACKS_UPDATED, update);
  hls.on(HlsEvents.SUBTITLE_TRACK_SWITCH, update);
  hls.on(HlsEvents.FRAG_LOADING, (_, { frag }) => {
    if (!held || frag.sn === 'initSegment') return;
    began.add(frag.type);
    // One segment of each kind is enough. hls.js loads two of a sound track that it has just chosen.
    if (began.has('main') && (began.has('audio') || !hls.audioTracks.some(({ url: own }) => own))) hls.pauseBuffering();
  });
  hls.on(HlsEvents.FRAG_BUFFERED, (_, { frag }) => {
    if (frag.type === 'main') learn(hls.bandwidthEstimate);
  });
  showSubtitles(hls, video);
  hls.on(HlsEvents.MEDIA_ATTACHED, alternative);
  hls.on(HlsEvents.MEDIA_ATTACHED, resume);
  hls.on(HlsEvents.ERROR, (_, data) => {
    if (data.fatal) broken(data);
  });
  video.addEventListener('play', release, { once: true });
  video.addEventListener('playing', started, { once: true });
  video.addEventListener('play', note);
  video.addEventListener('pause', note);
  hls.loadSource(playlist);
  hls.attachMedia(video);
  return engine;

  function limit(): void {
    const full = ahead(hls.levels[hls.loadLevel]?.maxBitrate ?? 0, segment);
    const most = held ? HELD : starting ? Math.min(BEGINNING, full) : full;
    hls.config.maxBufferLength = most;
    hls.config.maxMaxBufferLength = most;
  }

  function release(): void {
    held = false;
    limit();
    hls.resumeBuffering();
  }

  /** The rest is loaded once the first frame is there, so that it takes nothing from it. */
  function started(): void {
    starting = false;
    limit();
  }

  function note(): void {
    playing = !video.paused;
  }

  /** A repair, by the page or by hls.js itself, empties the element, which pauses it without an event. */
  function resume(): void {
    if (playing && video.paused) void video.play().catch(() => undefined);
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
    const now = performance.now();
    if (data.type === ErrorTypes.MEDIA_ERROR && now - repaired > PATIENCE) {
      repaired = now;
      hls.recoverMediaError();
      return;
    }
    const status = data.response?.code || null;
    if (data.type === ErrorTypes.NETWORK_ERROR && status === null && data.details !== ErrorDetails.FRAG_LOAD_ERROR) {
      // The playlists may be on another origin, which has rules of its own.
      void causeOf(data.url ?? playlist).then((cause) => {
        const forbidden = cause === 'forbidden';
        fail(forbidden ? words.viewer.filmsForbidden : explain(data, status), status, null, forbidden, 'network');
      });
      return;
    }
    fail(explain(data, status), status, problemOf(data).requestId, false, FAILURES[data.type] ?? 'other');
  }

  function fail(said: string, status: number | null, requestId: string | null, certain: boolean, kind: Failure): void {
    if (over) return;
    over = true;
    hls.stopLoad();
    video.dispatchEvent(new CustomEvent('failed', { detail: kind }));
    events.failed(said, status, requestId, certain);
  }
}

function explain(data: ErrorData, status: number | null): string {
  if (data.type === ErrorTypes.NETWORK_ERROR) {
    const { detail, title } = problemOf(data);
    const said = detail ?? title;
    if (status === null) return said ?? words.film.stopped;
    return said ? explained(status, said) : words.film.notLoadedWhy(String(status));
  }
  return words.film.notPlayed(data.details);
}

function problemOf(data: ErrorData): ReturnType<typeof parseProblem> {
  const xhr = data.networkDetails instanceof XMLHttpRequest ? data.networkDetails : null;
  if (!xhr || !xhr.getResponseHeader('content-type')?.startsWith('application/problem+json')) return parseProblem(null);
  try {
    return parseProblem(JSON.parse(typeof xhr.response === 'string' ? xhr.response : new TextDecoder().decode(xhr.response as ArrayBuffer)));
  } catch {
    return parseProblem(null);
  }
}
