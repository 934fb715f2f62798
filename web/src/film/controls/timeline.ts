import { h, set } from '../../ui/dom.ts';
import { clock } from '../../ui/format.ts';
import { chapterAt, loadChapters, type Chapter } from '../chapters.ts';
import { loadPreviews, previewAt, type Preview } from '../previews.ts';
import type { Engine } from '../types.ts';
import { words } from '../../words/words.ts';

/** Once this much is loaded ahead of the place that plays, in seconds, the film can spare the network for previews. */
const SPARE = 8;

export interface Timeline {
  readonly element: HTMLElement;
  chapters(): readonly Chapter[];
  /** Draws the place, what is loaded, and the chapter. */
  draw(): void;
  /** Loads what the film's package has beside the film: once it plays, or once somebody seeks or wants the chapters. */
  prepare(): void;
}

/** The line on which the viewer seeks: what is loaded, chapters, and a preview of the place under the pointer. */
export function timeline(video: HTMLVideoElement, engine: Engine, chapterKnown: () => void): Timeline {
  const line = h('input', { type: 'range', class: 'film-line', min: 0, max: 0, step: 'any', value: 0, 'aria-label': words.film.seek });
  const picture = h('div', { class: 'film-preview-picture', hidden: true });
  const text = h('span', { class: 'film-preview-words' });
  const preview = h('div', { class: 'film-preview', hidden: true, 'aria-hidden': 'true' }, picture, text);
  const marks = h('div', { class: 'film-marks', 'aria-hidden': 'true' });
  const element = h('div', { class: 'film-timeline' }, line, marks, preview);
  let chapters: readonly Chapter[] = [];
  let previews: readonly Preview[] = [];
  let prepared = false;
  let dragging = false;
  const sheets = new Set<string>();

  const length = () => (Number.isFinite(video.duration) ? video.duration : 0);
  const portion = (time: number) => (length() > 0 ? Math.min(1, time / length()) : 0);

  function draw(): void {
    const total = length();
    if (Number(line.max) !== total) {
      line.max = String(total);
      mark();
    }
    const loaded = loadedTo();
    if (!video.paused && total > 0 && loaded >= Math.min(video.currentTime + SPARE, total - 0.5)) prepare();
    if (!dragging) line.value = String(video.currentTime);
    const at = Number(line.value);
    element.style.setProperty('--played', String(portion(at)));
    element.style.setProperty('--loaded', String(portion(loaded)));
    set(line, { 'aria-valuetext': `${words.film.position(clock(at), clock(total))}${named(at)}` });
  }

  const named = (time: number) => {
    const chapter = chapterAt(chapters, time);
    return chapter ? `${words.page.comma}${chapter.title}` : '';
  };

  function loadedTo(): number {
    const { buffered, currentTime } = video;
    for (let at = 0; at < buffered.length; at += 1) {
      if (buffered.start(at) <= currentTime + 0.1 && currentTime <= buffered.end(at)) return buffered.end(at);
    }
    return 0;
  }

  function mark(): void {
    marks.replaceChildren(
      ...chapters.filter(({ start }) => start > 0).map(({ start }) => {
        const made = h('i');
        made.style.left = `${portion(start) * 100}%`;
        return made;
      }),
    );
  }

  /** Shows the preview of the moment at `x`, in pixels from the left of the line. */
  function show(time: number): void {
    prepare();
    const found = previewAt(previews, time);
    set(picture, { hidden: !found });
    if (found) {
      fetchSheet(found.url);
      const { style } = picture;
      style.width = `${found.width}px`;
      style.height = `${found.height}px`;
      style.backgroundImage = `url("${found.url}")`;
      style.backgroundPosition = `-${found.x}px -${found.y}px`;
    }
    text.textContent = `${clock(time)}${named(time)}`;
    preview.hidden = false;
    const room = element.clientWidth;
    const half = preview.offsetWidth / 2;
    preview.style.left = `${Math.max(half, Math.min(room - half, portion(time) * room))}px`;
  }

  const hide = () => {
    preview.hidden = true;
  };

  /** The browser keeps what is fetched here until it is shown. */
  function fetchSheet(url: string): void {
    if (sheets.has(url)) return;
    sheets.add(url);
    new Image().src = url;
  }

  function prepare(): void {
    if (prepared || (engine.previews === null && engine.chapters === null)) return;
    prepared = true;
    if (engine.chapters !== null) {
      void loadChapters(engine.chapters).then((found) => {
        chapters = found;
        mark();
        chapterKnown();
      }, ignore);
    }
    if (engine.previews !== null) {
      void loadPreviews(engine.previews).then((found) => {
        previews = found;
        const near = previewAt(found, video.currentTime);
        if (near) fetchSheet(near.url);
      }, ignore);
    }
  }

  const under = (event: PointerEvent) => {
    const { left, width } = line.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - left) / width)) * length();
  };
  element.addEventListener('pointermove', (event) => {
    if (length() > 0) show(dragging ? Number(line.value) : under(event));
  });
  element.addEventListener('pointerleave', () => !dragging && hide());
  line.addEventListener('pointerdown', () => {
    // The line must know how long the film is before it reckons the place.
    draw();
    dragging = true;
  });
  // The film stays where it is until the finger lets go: each place on the way would cost a segment.
  line.addEventListener('input', () => {
    dragging = true;
    draw();
    show(Number(line.value));
  });
  const released = () => {
    if (!dragging) return;
    dragging = false;
    hide();
    engine.seek(Number(line.value));
    draw();
  };
  line.addEventListener('change', released);
  line.addEventListener('pointerup', released);
  line.addEventListener('pointercancel', () => {
    dragging = false;
    hide();
    draw();
  });
  return { element, chapters: () => chapters, draw, prepare };
}

/** Without previews and chapters, a film plays as well. */
const ignore = () => undefined;
