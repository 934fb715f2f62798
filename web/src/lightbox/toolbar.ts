import type { Media } from '../api/types.ts';
import { h, set } from '../ui/dom.ts';
import { icon, type IconName } from '../ui/icons.ts';

/** A button of the lightbox. */
export interface Tool {
  readonly element: HTMLElement;
  /** Called with each item that becomes the current one. */
  show?(item: Media): unknown;
  /** The key that presses it, in lower case, with what it does. */
  readonly key?: string;
  press?(): unknown;
}

export interface Toolbar {
  readonly element: HTMLElement;
  /** Puts a tool before those that are there. */
  add(tool: Tool): void;
  show(item: Media): void;
  /** Presses the tool with this key, unless it is hidden. */
  key(key: string): boolean;
}

/** The buttons at the top of the lightbox. The last one closes it. */
export function toolbar(close: HTMLElement): Toolbar {
  const tools: Tool[] = [];
  const element = h('div', { class: 'bar' }, close);
  return {
    element,
    add(tool) {
      tools.push(tool);
      element.prepend(tool.element);
    },
    show: (item) => tools.forEach((tool) => tool.show?.(item)),
    key(key) {
      const tool = tools.find((each) => each.key === key && !each.element.hidden);
      tool?.press?.();
      return tool?.press !== undefined;
    },
  };
}

/** A round button with an icon. Its key is told to the eye, and to screen readers apart from the name. */
export function control(name: string, label: string, drawing: IconName, key?: string): HTMLButtonElement {
  const button = h('button', { type: 'button', class: `control control-${name}` }, icon(drawing));
  named(button, label, key);
  return button;
}

export function named(button: HTMLElement, label: string, key?: string): void {
  set(button, { 'aria-label': label, title: key ? `${label} (${key})` : label, 'aria-keyshortcuts': key });
}
