import type { Media } from '../api/types.ts';
import { h } from '../ui/dom.ts';
import { bytes, cameraName, clock, pixels, whenTaken } from '../ui/format.ts';
import { locale } from '../words/locale.ts';

export interface Caption {
  readonly element: HTMLElement;
  show(item: Media): void;
  clear(): void;
}

/** The name, date, camera and size of the current item. Screen readers read them out when the item changes. */
export function caption(): Caption {
  const name = h('h2', { class: 'caption-name', dir: 'auto' });
  const details = h('p', { class: 'caption-details' });
  return {
    element: h('div', { class: 'caption', 'aria-live': 'polite' }, name, details),
    show(item) {
      name.textContent = item.name;
      details.replaceChildren(...facts(item).map((fact) => h('span', {}, fact)));
    },
    clear() {
      name.textContent = '';
      details.replaceChildren();
    },
  };
}

/** The known facts, in reading order. */
export function facts(item: Media, tag = locale()): string[] {
  const size = item.width && item.height ? pixels(item.width, item.height) : null;
  const length = item.duration === null ? null : clock(item.duration);
  return [whenTaken(item, tag), cameraName(item.camera), length, size, bytes(item.size, tag)].filter(
    (fact) => fact !== null,
  );
}
