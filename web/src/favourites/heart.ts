import type { Media } from '../api/types.ts';
import { control, named, type Tool } from '../lightbox/toolbar.ts';
import { words } from '../words/words.ts';

const KEY = 'h';

/** The heart in the lightbox. `update` draws it anew, because favourites change elsewhere too. */
export function heart(has: (item: Media) => boolean, like: (item: Media) => void): Tool & { update(): void } {
  const element = control('heart', words.select.like, 'heart', KEY);
  let item: Media | null = null;
  const update = () => {
    const liked = item !== null && has(item);
    element.classList.toggle('control-liked', liked);
    named(element, liked ? words.select.unlike : words.select.like, KEY);
  };
  const press = () => item !== null && like(item);
  element.addEventListener('click', press);
  return {
    element,
    key: KEY,
    press,
    update,
    show(next) {
      item = next;
      update();
    },
  };
}
