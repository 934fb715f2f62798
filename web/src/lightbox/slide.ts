import type { Media } from '../api/types.ts';
import type { Places } from '../film/types.ts';
import { aspectOf } from '../grid/layout.ts';
import { h } from '../ui/dom.ts';

/** The functions and data that slides need from outside. */
export interface Surroundings {
  /** For what failed without a reason: resolves to whether the session is still valid. If not, the page locks. */
  stillWelcome(): Promise<boolean>;
  /** Called when the services said that the session is gone. */
  unauthorized(): void;
  /** The URL of a film's playlist, which may expire. `path` is the item's `playback`. Rejects as the API does. */
  playback(path: string): Promise<string>;
  readonly resume: Places;
}

/** One item in the lightbox. */
export interface Slide {
  readonly item: Media;
  readonly element: HTMLElement;
  /** The box of the picture itself, which zooms. */
  readonly frame: HTMLElement;
  readonly zooms: boolean;
  /** Makes this item the current one. `play` is set if the viewer clicked on it. */
  activate(play: boolean): void;
  /** Called when the viewer looks closer. */
  sharpen(): void;
  /** Loads the picture for the screen, before somebody comes here. */
  prepare(): void;
  /** Whether there is a picture for the screen, or there will be none. */
  ready(): boolean;
  /** Plays a film without sound, for who watches without touching anything. Resolves when there is no more to see. */
  present?(): Promise<void>;
  deactivate(): void;
  /** Acts on a key. `false` if the key means nothing to this item. */
  key(event: KeyboardEvent): boolean;
  /** A finger rests on the picture, or is gone again. `false` if this means nothing to the item. */
  hold?(down: boolean): boolean;
  destroy(): void;
}

/** A box of the item's exact ratio, as large as the stage allows; CSS does the sizing. */
export function frameOf(item: Media, ...children: (Node | false | null)[]): HTMLElement {
  const frame = h('div', { class: `frame frame-${item.type}` }, ...children);
  const exact = item.width && item.height ? item.width / item.height : aspectOf(item);
  frame.style.setProperty('--aspect', String(exact));
  // A small picture is shown at its own size, and is not enlarged.
  if (item.type === 'image' && item.width) frame.style.setProperty('--natural', `${item.width}px`);
  return frame;
}
