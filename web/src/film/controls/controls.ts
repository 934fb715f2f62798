import css from '../../styles/film.css?inline';
import { h, set } from '../../ui/dom.ts';
import { clock } from '../../ui/format.ts';
import { adopt } from '../../ui/sheet.ts';
import type { Controls, Engine } from '../types.ts';
import { cast } from './cast.ts';
import { sign } from './icons.ts';
import { panel } from './panel.ts';
import { actionOf } from './shortcuts.ts';
import { timeline } from './timeline.ts';
import { words } from '../../words/words.ts';

/** The controls go when nobody has moved for this time, in ms. */
const QUIET = 2800;

/** How a television gets the film: the URL by which one is looked for, and that which holds a token. */
export interface Away {
  readonly url: string;
  token(): Promise<string>;
}

// The styles come with this module, which saves a request.
adopt(css);

/** The page's own controls over a film. */
export function controls(video: HTMLVideoElement, frame: HTMLElement, engine: Engine, away: Away | null): Controls {
  const stop = new AbortController();
  const { signal } = stop;
  const button = (name: string, press: () => void) => {
    const made = h('button', { type: 'button', class: `film-button film-${name}` });
    made.addEventListener('click', press);
    return made;
  };
  /** Names a button, for the eye too, and with its key. */
  const name = (of: HTMLButtonElement, drawing: Parameters<typeof sign>[0], label: string, key?: string) => {
    const title = key === undefined ? label : `${label} (${key})`;
    if (of.title === title && of.firstChild) return;
    of.replaceChildren(sign(drawing));
    set(of, { title, 'aria-label': label });
  };

  const play = button('play', toggle);
  const mute = button('mute', () => (video.muted = !video.muted));
  const volume = h('input', { type: 'range', class: 'film-volume', min: 0, max: 1, step: 0.05, 'aria-label': words.film.volume });
  const now = h('bdi');
  const length = h('bdi');
  const time = h('span', { class: 'film-time' }, now, h('span', {}, ' / ', length));
  const chapter = h('bdi', { class: 'film-chapter' });
  const captions = button('captions', caption);
  const settings = button('settings', () => open(menu.element.hidden === true));
  const pip = button('pip', () => void float().catch(() => undefined));
  const tv = button('cast', () => void television?.choose().catch(() => undefined));
  const wide = button('wide', () => void fill().catch(() => undefined));
  const line = timeline(video, engine, () => describe());
  const menu = panel(video, engine, line.chapters);
  const row = h('div', { class: 'film-row' }, play, mute, volume, time, chapter, captions, settings, tv, pip, wide);
  const bar = h('div', { class: 'film-bar', role: 'group', 'aria-label': words.film.player }, line.element, row);
  // Time runs from left to right in every language.
  const element = h('div', { class: 'film-controls', dir: 'ltr' }, menu.element, bar);
  frame.append(element);
  tv.hidden = true;
  const television = away && cast(video, away.url, away.token, (yes) => set(tv, { hidden: !yes }));
  name(tv, 'cast', words.film.toTelevision);
  name(settings, 'settings', words.page.settings);
  set(settings, { 'aria-expanded': 'false' });
  pip.hidden = !document.pictureInPictureEnabled;
  wide.hidden = !document.fullscreenEnabled;

  let quiet: ReturnType<typeof setTimeout> | undefined;
  let frameOfDrawing = 0;
  let pointer = 'mouse';
  /** The subtitles that `c` shows: those that were shown last, else the first. */
  let wanted = -1;

  function toggle(): void {
    if (video.paused) void video.play().catch(() => undefined);
    else video.pause();
  }

  function caption(): void {
    const { chosen, choose, choices } = engine.subtitles;
    const now = chosen();
    if (now >= 0) wanted = now;
    choose(now >= 0 ? -1 : wanted >= 0 ? wanted : (choices.find(({ id }) => id >= 0)?.id ?? -1));
  }

  function open(yes: boolean): void {
    if (yes) {
      line.prepare();
      menu.fill();
    }
    menu.element.hidden = !yes;
    set(settings, { 'aria-expanded': String(yes) });
    if (yes) menu.element.querySelector('select')?.focus();
    else if (menu.element.contains(document.activeElement)) settings.focus();
    wake();
  }

  async function float(): Promise<void> {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  }

  async function fill(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await frame.requestFullscreen();
  }

  /** Shows the controls, until nobody has moved for a while. */
  function wake(): void {
    frame.classList.remove('frame-quiet');
    clearTimeout(quiet);
    quiet = setTimeout(sleep, QUIET);
  }

  function sleep(): void {
    const busy = video.paused || !menu.element.hidden || element.querySelector(':focus-visible, :active') !== null;
    if (busy) quiet = setTimeout(sleep, QUIET);
    else frame.classList.add('frame-quiet');
  }

  function draw(): void {
    cancelAnimationFrame(frameOfDrawing);
    frameOfDrawing = requestAnimationFrame(() => {
      line.draw();
      const total = Number.isFinite(video.duration) ? video.duration : 0;
      write(now, clock(Math.floor(video.currentTime)));
      write(length, clock(total));
      set(length.parentElement ?? length, { hidden: total === 0 });
      const title = line.chapters().findLast(({ start }) => start <= video.currentTime)?.title ?? '';
      write(chapter, title);
    });
  }

  /** Draws the buttons, whose state changes seldom. */
  function describe(): void {
    name(play, video.paused ? 'play' : 'pause', video.paused ? words.film.play : words.film.pause, 'k');
    const silent = video.muted || video.volume === 0;
    name(mute, silent ? 'muted' : 'sound', silent ? words.film.soundOn : words.film.mute, 'm');
    volume.value = String(video.muted ? 0 : video.volume);
    volume.style.setProperty('--played', volume.value);
    const { choices, chosen } = engine.subtitles;
    captions.hidden = choices.length === 0;
    const shown = chosen() >= 0;
    name(captions, 'captions', words.film.subtitles, 'c');
    set(captions, { 'aria-pressed': String(shown) });
    const within = document.pictureInPictureElement === video;
    name(pip, 'pip', words.film.pip);
    set(pip, { 'aria-pressed': String(within) });
    const full = document.fullscreenElement === frame;
    name(wide, full ? 'narrow' : 'wide', full ? words.film.leaveFullScreen : words.film.fullScreen, 'f');
    if (!menu.element.hidden) menu.fill();
    draw();
  }

  engine.changed = describe;
  for (const event of ['timeupdate', 'progress', 'durationchange', 'seeking', 'seeked'] as const) {
    video.addEventListener(event, draw, { signal });
  }
  const seldom = ['play', 'pause', 'emptied', 'ended', 'volumechange', 'ratechange'] as const;
  for (const event of [...seldom, 'enterpictureinpicture', 'leavepictureinpicture'] as const) {
    video.addEventListener(event, describe, { signal });
  }
  document.addEventListener('fullscreenchange', describe, { signal });
  video.addEventListener('pause', wake, { signal });
  video.addEventListener('play', wake, { signal });
  volume.addEventListener('input', () => {
    video.volume = Number(volume.value);
    video.muted = video.volume === 0;
  });
  frame.addEventListener('pointerdown', (event) => (pointer = event.pointerType), { signal });
  frame.addEventListener('pointermove', (event) => event.pointerType === 'mouse' && wake(), { signal });
  frame.addEventListener('focusin', wake, { signal });
  element.addEventListener('pointerdown', wake);
  // A click of the mouse pauses. A finger shows and hides the controls.
  video.addEventListener(
    'click',
    () => {
      if (!menu.element.hidden) open(false);
      else if (pointer === 'mouse') toggle();
      else if (frame.classList.contains('frame-quiet')) wake();
      else if (!video.paused) frame.classList.add('frame-quiet');
    },
    { signal },
  );
  video.addEventListener('dblclick', () => pointer === 'mouse' && void fill().catch(() => undefined), { signal });
  describe();

  return {
    key(event) {
      if (event.key === 'Escape' && !menu.element.hidden) {
        open(false);
        return true;
      }
      const action = actionOf(event);
      if (!action) return false;
      action({ video, seek: engine.seek, toggle, caption, screen: () => void fill().catch(() => undefined) });
      wake();
      return true;
    },
    destroy() {
      stop.abort();
      clearTimeout(quiet);
      cancelAnimationFrame(frameOfDrawing);
      engine.changed = () => undefined;
      television?.destroy();
      if (document.fullscreenElement === frame) void document.exitFullscreen().catch(() => undefined);
      frame.classList.remove('frame-quiet');
      element.remove();
    },
  };
}

/** Changes a text only if it is another one. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
