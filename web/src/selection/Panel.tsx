import { useSignal, useSignalEffect } from '@preact/signals';
import { render } from 'preact';
import type { Media } from '../api/types.ts';
import { entryOf } from '../favourites/code.ts';
import type { State } from '../state.ts';
import { h } from '../ui/dom.ts';
import { Icon } from '../ui/Icon.tsx';
import type { LineIcon } from '../ui/icons.ts';
import { words } from '../words/words.ts';
import { filesOf, sharable, share } from './share.ts';

export interface PanelEvents {
  clear(): void;
  download(items: readonly Media[]): void;
  /** For what failed without a reason: resolves to whether the session is still valid. If not, the page locks. */
  stillWelcome(): Promise<boolean>;
}

/** The bar of the selection, at the bottom of the window: how much it is, and what is done with it. */
export function panel(of: State, to: PanelEvents): HTMLElement {
  const element = h('div', { class: 'selection-place' });
  render(<Panel of={of} to={to} />, element);
  return element;
}

function Panel({ of, to }: { readonly of: State; readonly to: PanelEvents }) {
  /** Set while the files of the selection are read and handed on. */
  const reading = useSignal<AbortController | null>(null);
  /** The files of the selection, if they were read and wait for another tap. */
  const ready = useSignal<readonly File[] | null>(null);
  // Files of another selection must not go out in place of what is selected now.
  useSignalEffect(() => {
    void of.selection.value;
    if (ready.peek() && of.message.peek() === words.share.again) of.message.value = '';
    ready.value = null;
    reading.peek()?.abort();
    reading.value = null;
  });
  const items = [...of.selection.value.values()];
  const { timeline, favourites } = { timeline: of.timeline.value, favourites: of.favourites.value };
  if (!of.selecting.value) return null;
  const liked = items.length > 0 && items.every((item) => favourites.has(entryOf(item)[0]));
  const allowed = timeline?.download === true;
  // Films are taken as originals only.
  const films = items.length > 0 && items.every(({ type }) => type === 'video');
  const handed = async () => {
    const chosen = of.selection.value;
    const isChosen = () => of.selection.value === chosen && !of.locked.value;
    const mine = new AbortController();
    reading.value = mine;
    of.message.value = '';
    try {
      const files = ready.value ?? (await filesOf(items, mine.signal));
      const { leftOut, nothing } = words.download;
      const missing = items.length - files.length;
      const done = !isChosen() || files.length === 0 || (await share(files));
      ready.value = done || !isChosen() ? null : files;
      if (ready.value) of.message.value = words.share.again;
      else if (missing > 0 && isChosen()) of.message.value = files.length > 0 ? leftOut(missing) : nothing;
    } catch {
      // What was given up is no failure.
      if (isChosen() && (await to.stillWelcome())) of.message.value = words.errors.unreachable;
    }
    if (reading.value === mine) reading.value = null;
  };
  const like = () => {
    const next = new Map(favourites);
    for (const item of items) if (!liked) next.set(...entryOf(item)); else next.delete(entryOf(item)[0]);
    of.favourites.value = next;
  };
  return (
    <section class="selection" aria-label={words.select.label}>
      <Action name="close" label={words.select.clear} press={to.clear} />
      <p role="status">{words.select.count(items.length)}</p>
      <Action name="heart" label={liked ? words.select.unlike : words.select.like} press={like} pressed={liked} idle={items.length === 0} />
      {allowed && timeline.originals && sharable(items) && (
        <Action name="share" label={words.select.share} press={() => void handed()} idle={reading.value !== null} pressed={ready.value !== null} />
      )}
      {allowed && (timeline.originals || !films) && (
        <Action name="download" label={words.select.download} press={() => to.download(items)} idle={items.length === 0} />
      )}
    </section>
  );
}

interface ActionProps {
  readonly name: LineIcon;
  readonly label: string;
  readonly press: () => void;
  readonly pressed?: boolean;
  readonly idle?: boolean;
}

function Action({ name, label, press, pressed, idle }: ActionProps) {
  return (
    <button
      type="button"
      class={`bar-action action-${name}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={idle}
      onClick={press}
    >
      <Icon name={name} />
    </button>
  );
}
