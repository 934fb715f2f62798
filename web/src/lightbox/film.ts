import { ApiError } from '../api/client.ts';
import type { Media } from '../api/types.ts';
import { note } from '../film/place.ts';
import { open, prepare } from '../film/player.ts';
import type { Player } from '../film/types.ts';
import { h } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { failure } from '../ui/notice.ts';
import { words } from '../words/words.ts';
import { headline, spokenName } from './caption.ts';
import { frameOf, type Slide, type Surroundings } from './slide.ts';

/** A film sends no request if the viewer leaves it within this time, in ms, on the way to another item. */
const DWELL = 150;
/** Who only watches leaves a film that does not go on for so many looks at it, this time apart, in ms. */
const STUCK = 5;
const LOOK = 2000;
/** If a film fails again within this time after it got a new URL, in ms, the URL was not the reason. */
const PATIENCE = 30_000;

/** A film: its poster until it is the current item, and then the player. */
export function film(item: Media, around: Surroundings): Slide {
  const posterUrl = item.thumbnails.large ?? item.thumbnails.medium;
  const poster = posterUrl !== null && h('img', { alt: '', draggable: 'false', src: posterUrl });
  const start = h('button', { type: 'button', class: 'start', 'aria-label': words.lightbox.playFilm(headline(item)) }, icon('play'));
  const frame = frameOf(item, poster, start);
  const element = h('figure', { class: 'slide slide-shown' }, frame);
  let video: HTMLVideoElement | null = null;
  let player: Player | null = null;
  let ready: Promise<void> = Promise.resolve();
  let dwelling: ReturnType<typeof setTimeout> | undefined;
  /** Counts openings, so that an opening that completes late knows that it is no longer wanted. */
  let opening = 0;
  let { hls } = item;
  let renewed = -Infinity;
  /** When the viewer wished to play. */
  let asked: number | null = null;
  /** Nobody touches anything: the film plays without sound. */
  let watched = false;

  function mount(): HTMLVideoElement {
    const created = h('video', { playsinline: true, preload: 'metadata', 'aria-label': spokenName(item), poster: posterUrl });
    created.muted = watched;
    // The events of an element come late. Once it is removed, they say nothing of the slide.
    const on = (name: 'pause' | 'play' | 'playing' | 'waiting', then: () => void) =>
      created.addEventListener(name, () => created === video && then());
    on('play', () => {
      created.controls = player?.controls === null;
      frame.classList.add('frame-playing');
    });
    on('playing', () => frame.classList.remove('frame-waiting'));
    on('waiting', () => frame.classList.add('frame-waiting'));
    on('pause', () => frame.classList.remove('frame-waiting'));
    note(created, item.key, around.resume);
    frame.prepend(created);
    return created;
  }

  async function connect(to: HTMLVideoElement): Promise<void> {
    const mine = ++opening;
    try {
      hls ??= item.playback === null ? null : await around.playback(item.playback);
      if (mine !== opening) return;
    } catch (error) {
      if (mine === opening) show(error);
      return;
    }
    try {
      const { playback, file } = item;
      const token = playback === null ? null : () => around.playback(playback);
      const opened = await open(to, frame, { hls, token, file }, around.resume.get(item.key), { failed, asked: () => asked });
      if (mine === opening) player = opened;
      else opened.destroy();
    } catch {
      // The player itself did not load: the network failed, or a newer version of the page has been deployed.
      if (mine === opening) failed(words.film.playerNotLoaded, null, null);
    }
  }

  function failed(message: string, status: number | null, requestId: string | null, certain = false): void {
    const mine = opening;
    void around.stillWelcome().then(async (welcome) => {
      if (!welcome) {
        around.unauthorized();
        return;
      }
      // On a page that was left open for hours, the film's URL has expired, though the session has not.
      const fresh = certain ? null : await renew();
      if (mine !== opening) return;
      if (fresh !== null && fresh !== hls) {
        // The viewer may have paused the film since it began.
        const playing = frame.matches('.frame-playing') ? video?.paused === false : frame.matches('.frame-waiting');
        renewed = performance.now();
        hls = fresh;
        video?.dispatchEvent(new Event('reopened'));
        close();
        begin(playing);
      } else show(new ApiError(message, status ?? 0, requestId));
    });
  }

  /** The film's URL as it is now. `null` if there is none, or it cannot help. */
  async function renew(): Promise<string | null> {
    if (item.playback === null || performance.now() - renewed < PATIENCE) return null;
    return around.playback(item.playback).catch(() => null);
  }

  function show(error: unknown): void {
    close();
    frame.classList.add('frame-failed');
    const notice = failure(error, () => {
      notice.remove();
      frame.classList.remove('frame-failed');
      begin(true);
    });
    frame.append(notice);
  }

  function begin(playNow: boolean): void {
    if (!video) {
      video = mount();
      ready = connect(video);
    }
    if (!playNow) return;
    frame.classList.add('frame-waiting');
    asked ??= performance.now();
    const to = video;
    // Play only when the source is attached: attaching a source would stop an earlier start. Until then, the viewer can
    // have gone on.
    void ready.then(() => (to === video ? to.play() : undefined)).catch((reason: unknown) => refused(to, reason));
  }

  /** Without a recent click, browsers refuse to play sound. The button then stays, so that the viewer can click it. */
  function refused(to: HTMLVideoElement, reason: unknown): void {
    if (to !== video || !(reason instanceof DOMException && reason.name === 'NotAllowedError')) return;
    // An iPhone that saves power refuses films without sound too. Who only watches goes on to the next item.
    if (watched) {
      close();
      return;
    }
    frame.classList.remove('frame-waiting', 'frame-playing');
    asked = null;
    to.controls = false;
  }

  function close(): void {
    clearTimeout(dwelling);
    opening += 1;
    player?.destroy();
    player = null;
    video?.remove();
    video = null;
    asked = null;
    frame.classList.remove('frame-playing', 'frame-waiting');
  }

  /** Plays from the beginning to the end, without sound. What does not play is left. */
  function present(): Promise<void> {
    watched = true;
    close();
    around.resume.delete(item.key);
    begin(true);
    return new Promise((done) => {
      let before = 0;
      let stuck = 0;
      const look = () => {
        const at = video?.currentTime ?? 0;
        stuck = at === before && !video?.paused ? stuck + 1 : 0;
        before = at;
        // What failed has no element any more.
        if (!watched || video === null || video.ended || stuck === STUCK) end();
      };
      const timer = setInterval(look, LOOK);
      const end = () => {
        clearInterval(timer);
        frame.removeEventListener('ended', end, true);
        done();
      };
      // The events of media do not bubble.
      frame.addEventListener('ended', end, true);
    });
  }

  // Most who see a film's poster beside an item go on to it, or play it.
  prepare();
  start.addEventListener('click', () => begin(true));
  return {
    item,
    element,
    frame,
    zooms: false,
    activate(play) {
      element.classList.add('slide-active');
      if (play) begin(true);
      else dwelling = setTimeout(() => begin(false), DWELL);
    },
    sharpen: () => undefined,
    prepare: () => undefined,
    ready: () => poster === false || poster.complete,
    present,
    deactivate() {
      watched = false;
      element.classList.remove('slide-active');
      close();
      frame.querySelector('.failure')?.remove();
      frame.classList.remove('frame-failed');
    },
    key(event) {
      if (video && player?.controls && frame.matches('.frame-playing, .frame-waiting')) return player.controls.key(event);
      if (event.key !== ' ') return false;
      if (!video || video.paused) begin(true);
      else video.pause();
      return true;
    },
    destroy() {
      close();
      element.remove();
    },
  };
}
