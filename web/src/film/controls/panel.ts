import { h } from '../../ui/dom.ts';
import { clock } from '../../ui/format.ts';
import { chapterAt, type Chapter } from '../chapters.ts';
import type { Engine, Menu } from '../types.ts';
import { number } from '../../words/locale.ts';
import { words } from '../../words/words.ts';

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export interface Panel {
  readonly element: HTMLElement;
  /** Lists the choices as they are now. */
  fill(): void;
}

/** The choices of a film: quality, speed, subtitles, sound, chapters. */
export function panel(video: HTMLVideoElement, engine: Engine, chapters: () => readonly Chapter[]): Panel {
  const element = h('div', { class: 'film-panel', role: 'group', 'aria-label': words.page.settings, hidden: true });
  const speeds: Menu = {
    choices: SPEEDS.map((speed, id) => ({ id, label: speed === 1 ? words.film.normal : `${number(speed)}×` })),
    chosen: () => SPEEDS.indexOf(video.playbackRate),
    choose: (id) => (video.playbackRate = SPEEDS[id] ?? 1),
  };
  const jumps = (): Menu => ({
    choices: chapters().map(({ start, title }, id) => ({ id, label: `${clock(start)} ${title}` })),
    chosen: () => chapters().indexOf(chapterAt(chapters(), video.currentTime) as Chapter),
    choose: (id) => engine.seek(chapters()[id]?.start ?? 0),
  });

  function row(name: string, label: string, { choices, chosen, choose }: Menu): HTMLElement | null {
    if (choices.length === 0) return null;
    const select = h('select', { name }, ...choices.map(({ id, label: text }) => h('option', { value: id }, text)));
    select.value = String(chosen());
    select.addEventListener('change', () => choose(Number(select.value)));
    return h('label', {}, h('span', {}, label), select);
  }

  const rows = new Map<string, HTMLElement>();

  function fill(): void {
    const menus: [name: string, label: string, menu: Menu][] = [
      ['quality', words.film.quality, engine.qualities],
      ['speed', words.film.speed, speeds],
      ['subtitles', words.film.subtitles, engine.subtitles],
      ['sound', words.film.sound, engine.sounds],
      ['chapter', words.film.chapter, jumps()],
    ];
    let above: HTMLElement | null = null;
    for (const [name, label, menu] of menus) {
      const old = rows.get(name);
      // A list that is open would close.
      const kept = old?.contains(document.activeElement) ? old : row(name, label, menu);
      if (kept !== old) {
        old?.remove();
        if (!kept) rows.delete(name);
        else if (above) above.after(kept);
        else element.prepend(kept);
        if (kept) rows.set(name, kept);
      }
      above = kept ?? above;
    }
  }

  return { element, fill };
}
