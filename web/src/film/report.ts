/** Reports how a film played, once, when its view ends. Nothing in a report says who saw the film, or which one. */
import { reach } from '../services.ts';

/** The failures that a report can name. */
export type Failure = 'network' | 'media' | 'key' | 'unsupported' | 'other';

export interface Report {
  packaging: 'cmaf' | 'ts';
  /** From the wish to play, such as a click, until the first frame. `null` if none was shown. */
  firstFrameMs: number | null;
  stalls: number;
  stalledMs: number;
  playedMs: number;
  /** How often the picture changed its size while it played. */
  switches: number;
  failure: Failure | null;
}

/** Stalls shorter than this, in ms, are what a decoder does between two pictures. */
const STALL = 100;
/** The largest number that the service takes. */
const MOST = 86_400_000;

/** What a view was like, from the events of its element. The times are milliseconds of one clock. */
export class View {
  private asked: number | null = null;
  private first: number | null = null;
  private stalledAt: number | null = null;
  private playedFrom: number | null = null;
  private size: string | null = null;
  private readonly report: Report = {
    packaging: 'cmaf', firstFrameMs: null, stalls: 0, stalledMs: 0, playedMs: 0, switches: 0, failure: null,
  };

  /** The viewer wants to see the film. */
  play(now: number): void {
    this.asked ??= now;
  }

  /** Pictures move. */
  playing(now: number): void {
    if (this.first === null) {
      this.first = now;
      if (this.asked !== null) this.report.firstFrameMs = now - this.asked;
    }
    this.endStall(now);
    this.playedFrom ??= now;
    this.healed();
  }

  /** The film waits for data. A seek is the viewer's own wish, and no stall. */
  waiting(now: number, seeking: boolean): void {
    this.pause(now);
    if (this.first !== null && !seeking) this.stalledAt ??= now;
  }

  pause(now: number): void {
    if (this.playedFrom !== null) this.report.playedMs += now - this.playedFrom;
    this.playedFrom = null;
  }

  /** The viewer stopped the film, or went elsewhere in it. What was waited for so far is counted. */
  stop(now: number): void {
    this.pause(now);
    this.endStall(now);
  }

  resized(width: number, height: number): void {
    const size = `${width}x${height}`;
    if (this.size !== null && this.size !== size) this.report.switches += 1;
    this.size = size;
  }

  failed(failure: Failure): void {
    this.report.failure = failure;
  }

  /** What failed goes on: it was repaired, or the film is opened again under a fresh URL. */
  healed(): void {
    this.report.failure = null;
  }

  /** The report, or `null` if the viewer never wanted to see the film. */
  end(now: number, packaging: Report['packaging']): Report | null {
    this.stop(now);
    if (this.asked === null) return null;
    const whole = (value: number) => Math.min(MOST, Math.max(0, Math.round(value)));
    const { firstFrameMs, stalledMs, playedMs } = this.report;
    return {
      ...this.report,
      packaging,
      firstFrameMs: firstFrameMs === null ? null : whole(firstFrameMs),
      stalledMs: whole(stalledMs),
      playedMs: whole(playedMs),
    };
  }

  private endStall(now: number): void {
    if (this.stalledAt !== null && now - this.stalledAt >= STALL) {
      this.report.stalls += 1;
      this.report.stalledMs += now - this.stalledAt;
    }
    this.stalledAt = null;
  }
}

/** The failure of a media element, by `MediaError.code`. */
export function failureOf(code: number | undefined): Failure {
  return ({ 2: 'network', 3: 'media', 4: 'unsupported' } as const)[code ?? 0] ?? 'other';
}

/**
 * Where a film's report goes. A playlist with the right to the film in its path is on another origin, which no cookie
 * reaches.
 */
export function target(playlist: string): string {
  const url = new URL(playlist);
  const token = /^.*\/api\/hls\/~[^/]+\//.exec(url.pathname);
  if (!token) return new URL(reach('/api/playback/report'), url).href;
  return new URL(`${token[0]}report?key=${encodeURIComponent(url.searchParams.get('key') ?? '')}`, url).href;
}

/** Whether a URL is that of a transport stream below `hls/`. Films of that kind have a file for each segment. */
export const isSegment = (url: string): boolean => /^[^?#]*\/hls\/[^?#]*\.ts(\?|$)/.test(url);

/** What the requests of a view tell. An observer sees them all, also when the browser's own list of them is full. */
class Requests {
  /** Whether the gallery wants reports: the answer with the playlist says so in `Server-Timing`. */
  isWanted = false;
  packaging: Report['packaging'] = 'cmaf';
  private readonly playlist: string;
  private readonly observer: PerformanceObserver;

  constructor(playlist: string) {
    this.playlist = playlist;
    this.observer = new PerformanceObserver((list) => this.read(list.getEntries()));
    this.observer.observe({ type: 'resource' });
  }

  end(): void {
    this.read(this.observer.takeRecords());
    this.observer.disconnect();
  }

  private read(entries: PerformanceEntry[]): void {
    for (const entry of entries) {
      if (isSegment(entry.name)) this.packaging = 'ts';
      if (entry.name !== this.playlist) continue;
      // Safari 16.0 knows no `serverTiming`, and reports nothing.
      const said = (entry as Partial<PerformanceResourceTiming>).serverTiming ?? [];
      this.isWanted ||= said.some(({ name }) => name === 'reports');
    }
  }
}

/**
 * Watches a film whose playlist is at `url`, and reports when the page is left or the returned function is called. A
 * player that learns of a failure which its element does not tell fires `failed` with the name as a `CustomEvent`. Who
 * opens a failed film again fires `reopened` first. `asked` tells when the viewer wished to play it, if the page knows.
 */
export function watch(video: HTMLVideoElement, url: string, asked: () => number | null): () => void {
  const playlist = new URL(url, location.href).href;
  const view = new View();
  const requests = new Requests(playlist);
  const stop = new AbortController();
  const on = (name: string, then: (now: number) => void) => {
    video.addEventListener(name, () => then(performance.now()), { signal: stop.signal });
  };
  on('play', (now) => view.play(asked() ?? now));
  on('playing', (now) => view.playing(now));
  on('waiting', (now) => view.waiting(now, video.seeking));
  on('pause', (now) => view.stop(now));
  on('seeking', (now) => view.stop(now));
  on('ended', (now) => view.stop(now));
  // A player that repairs its film stops it without `pause`.
  on('emptied', (now) => view.pause(now));
  on('reopened', () => view.healed());
  on('resize', () => view.resized(video.videoWidth, video.videoHeight));
  on('error', () => view.failed(failureOf(video.error?.code)));
  video.addEventListener('failed', (event) => view.failed((event as CustomEvent<Failure>).detail), { signal: stop.signal });
  if (!video.paused) view.play(asked() ?? performance.now());

  const end = () => {
    if (stop.signal.aborted) return;
    stop.abort();
    requests.end();
    const report = requests.isWanted ? view.end(performance.now(), requests.packaging) : null;
    if (report) navigator.sendBeacon(target(playlist), JSON.stringify(report));
  };
  addEventListener('pagehide', end, { signal: stop.signal });
  return end;
}
