import type { Media } from '../api/types.ts';
import { aspectOf } from '../grid/layout.ts';
import { h } from '../ui/dom.ts';

/** What slides need from outside. */
export interface Surroundings {
  /** A picture or film failed without saying why: resolves to whether the session still holds. */
  stillWelcome(): Promise<boolean>;
  /** The services said that the session is gone. */
  unauthorized(): void;
  /** The item as the catalogue has it now: the URL of a film may hold for some hours only. `null` if it cannot be had. */
  renew(key: string): Promise<Media | null>;
  /** Where a film was left, in seconds, by key. */
  readonly resume: Map<string, number>;
}

/** One item in the lightbox. */
export interface Slide {
  readonly item: Media;
  readonly element: HTMLElement;
  /** The box of the picture itself, which zooms. */
  readonly frame: HTMLElement;
  readonly zooms: boolean;
  /** It is the one being looked at. `play`: the viewer asked for it by a click. */
  activate(play: boolean): void;
  deactivate(): void;
  /** Space. */
  toggle(): void;
  destroy(): void;
}

/** A box of the item's exact ratio, as large as the stage allows; CSS does the sizing. */
export function frameOf(item: Media, ...children: (Node | false | null)[]): HTMLElement {
  const frame = h('div', { class: `frame frame-${item.type}` }, ...children);
  const exact = item.width && item.height ? item.width / item.height : aspectOf(item);
  frame.style.setProperty('--aspect', String(exact));
  // A small picture is shown at its own size, not blown up.
  if (item.type === 'image' && item.width) frame.style.setProperty('--natural', `${item.width}px`);
  return frame;
}
