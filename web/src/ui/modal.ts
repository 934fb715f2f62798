/**
 * Safari before 15.4 has no dialogs. There the element gets what the page uses of one. What is behind it can still be
 * reached, but not by VoiceOver.
 */
export function modal(dialog: HTMLDialogElement): HTMLDialogElement {
  if (typeof dialog.showModal === 'function') return dialog;
  let before: Element | null = null;
  const close = () => {
    if (!dialog.hasAttribute('open')) return;
    dialog.removeAttribute('open');
    if (before instanceof HTMLElement) before.focus();
    dialog.dispatchEvent(new Event('close'));
  };
  Object.defineProperties(dialog, {
    open: { get: () => dialog.hasAttribute('open') },
    close: { value: close },
    showModal: {
      value() {
        before = document.activeElement;
        dialog.setAttribute('role', 'dialog');
        dialog.setAttribute('aria-modal', 'true');
        dialog.setAttribute('open', '');
        dialog.querySelector<HTMLElement>('[autofocus], button, a[href]')?.focus();
      },
    },
  });
  dialog.addEventListener('submit', (event) => {
    if (event.defaultPrevented || !(event.target instanceof Element) || event.target.getAttribute('method') !== 'dialog') return;
    event.preventDefault();
    close();
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && dialog.dispatchEvent(new Event('cancel', { cancelable: true }))) close();
  });
  return dialog;
}

/** Takes an element out of reach, or puts it back. Safari before 15.5 has no `inert`. */
export function putAside(element: HTMLElement, aside: boolean): void {
  element.inert = aside;
  if ('inert' in HTMLElement.prototype) return;
  element.setAttribute('aria-hidden', String(aside));
  for (const each of element.querySelectorAll<HTMLElement>('button, a, video')) each.tabIndex = aside ? -1 : 0;
}
