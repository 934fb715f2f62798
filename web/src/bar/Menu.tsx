import { useEffect, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { Icon } from '../ui/Icon.tsx';

/** A button that opens a list below it. A choice, Esc, and a press elsewhere close the list. */
export function Menu({ label, wide, class: name, children }: {
  readonly label: string;
  /** The label where there is room. */
  readonly wide: string;
  readonly class: string;
  readonly children: ComponentChildren;
}) {
  const open = useSignal(false);
  const element = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open.value) return undefined;
    const elsewhere = (event: Event) => {
      if (!(event.target instanceof Node && element.current?.contains(event.target))) open.value = false;
    };
    addEventListener('pointerdown', elsewhere);
    addEventListener('focusin', elsewhere);
    return () => {
      removeEventListener('pointerdown', elsewhere);
      removeEventListener('focusin', elsewhere);
    };
  }, [open.value]);
  /** What had the focus in the list goes with it, so the button gets the focus. */
  const close = () => {
    open.value = false;
    button.current?.focus({ preventScroll: true });
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !open.value) return;
    event.stopPropagation();
    close();
  };
  return (
    <div ref={element} class={`menu ${name}`} onKeyDown={key}>
      <button ref={button} type="button" class="menu-button" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        <span class="menu-narrow">{label}</span>
        <span class="menu-wide">{wide}</span>
        <Icon name="down" />
      </button>
      {open.value && (
        <div class="menu-list" onClick={close}>
          {children}
        </div>
      )}
    </div>
  );
}
