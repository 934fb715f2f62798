/** The tools that few viewers use. What they do is loaded when they are pressed. */
import type { Details, Media } from '../api/types.ts';
import { set } from '../ui/dom.ts';
import { words } from '../words/words.ts';
import type { Caption } from './caption.ts';
import type { Info } from './info.ts';
import type { Row } from './row.ts';
import type { Slideshow } from './slideshow.ts';
import { control, named, type Tool } from './toolbar.ts';

export interface Place {
  readonly dialog: HTMLElement;
  /** After this element, panels stand in the order of the focus. */
  readonly bar: HTMLElement;
  readonly items: Row;
  readonly caption: Caption;
  details(key: string): Promise<Details>;
  stillWelcome(): Promise<boolean>;
  /** Tells the viewer something, for a moment. */
  tell(sentence: string): void;
  /** The same for screen readers only. */
  say(sentence: string): void;
}

export interface Extras {
  /** From left to right. */
  readonly tools: readonly Tool[];
  /** Whether the slideshow runs. */
  runs(): boolean;
  /** The viewer goes on by hand. */
  stop(): void;
  /** The items have other numbers. */
  renumbered(): void;
  /** Ends what is open beside the item, or runs. `false` if there is nothing. */
  back(): boolean;
  /** The lightbox is closed. */
  reset(): void;
}

const OPEN = 'lightbox-informed';
const RUNNING = 'lightbox-running';

export function extras(place: Place): Extras {
  const { dialog, bar, items, caption, stillWelcome, tell, say } = place;
  const current = () => items.current()?.item ?? null;
  let panel: Info | null = null;
  let show: Slideshow | null = null;
  /** Whether the slideshow is on its way. */
  let starting = false;
  /** The keys of the items that are being handed on. */
  const handing = new Set<string>();

  /** What needs a module that does not come says so. */
  const tried = (work: () => Promise<void>) => () => void work().catch(() => tell(words.viewer.notOpened));
  function tool(name: 'info' | 'share' | 'slideshow', label: string, key: string | undefined, press: () => void): Tool {
    const element = control(name, label, name, key);
    element.addEventListener('click', press);
    return key === undefined ? { element } : { element, key, press };
  }

  const info = tool('info', words.info.title, 'i', tried(async () => {
    if (shut()) return;
    const module = await import('./info.ts');
    const item = current();
    if (!item) return;
    panel ??= module.info(place.details);
    bar.after(panel.element);
    panel.show(item);
    dialog.classList.add(OPEN);
    set(info.element, { 'aria-expanded': 'true' });
  }));
  set(info.element, { 'aria-expanded': 'false' });

  const share = tool('share', words.share.share, undefined, tried(async () => {
    const [item, rights] = [current(), items.timeline];
    if (!item || !rights || handing.has(item.key)) return;
    handing.add(item.key);
    const still = () => current()?.key === item.key;
    try {
      const module = await import('./share.ts');
      const said = await module.share(item, rights, { still, stillWelcome });
      if (still()) tell(said);
    } finally {
      handing.delete(item.key);
    }
  }));

  const slides = tool('slideshow', words.slideshow.start, 's', tried(async () => {
    if (show || starting) {
      stop();
      return;
    }
    starting = true;
    const module = await import('./slideshow.ts').finally(() => (starting = false));
    if (!current()) return;
    shut();
    describe(true);
    show = module.slideshow(items, dialog, () => {
      show = null;
      describe(false);
      say(words.slideshow.over);
    });
    bar.after(show.element);
    say(words.slideshow.runs);
  }));
  describe(false);

  function describe(runs: boolean): void {
    dialog.classList.toggle(RUNNING, runs);
    named(slides.element, runs ? words.slideshow.stop : words.slideshow.start, 's');
    set(slides.element, { 'aria-pressed': String(runs) });
    // Nobody wants to hear each picture that comes by itself.
    caption.speaks(!runs);
  }

  function stop(): void {
    show?.stop();
  }

  function shut(): boolean {
    if (!dialog.classList.contains(OPEN)) return false;
    const inside = panel?.element.contains(document.activeElement);
    panel?.element.remove();
    dialog.classList.remove(OPEN);
    set(info.element, { 'aria-expanded': 'false' });
    if (inside) info.element.focus();
    return true;
  }

  return {
    tools: [share, slides, { ...info, show: (item: Media) => dialog.classList.contains(OPEN) && panel?.show(item) }],
    runs: () => show !== null,
    stop,
    renumbered: () => show?.reorder(),
    back() {
      const ran = show !== null;
      stop();
      return shut() || ran;
    },
    reset() {
      stop();
      shut();
      say('');
    },
  };
}
