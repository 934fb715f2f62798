import { words } from '../words/words.ts';
import { icon } from '../ui/icons.ts';
import { control, named, type Tool } from './toolbar.ts';

const KEY = 'f';

/** The button that lets `viewer` fill the screen. A dialog itself may not. */
export function fullScreen(viewer: HTMLElement): Tool & { leave(): void } {
  const button = control('full', words.viewer.fullScreen, 'wide', KEY);
  const filled = () => document.fullscreenElement === viewer;
  // Phones of Apple have it for films only.
  button.hidden = !document.fullscreenEnabled;
  const leave = () => {
    if (filled()) void document.exitFullscreen().catch(() => undefined);
  };
  const press = () => {
    if (filled()) leave();
    else void viewer.requestFullscreen().catch(() => undefined);
  };
  button.addEventListener('click', press);
  document.addEventListener('fullscreenchange', () => {
    button.replaceChildren(icon(filled() ? 'narrow' : 'wide'));
    named(button, filled() ? words.viewer.leaveFullScreen : words.viewer.fullScreen, KEY);
  });
  return { element: button, key: KEY, press, leave };
}
