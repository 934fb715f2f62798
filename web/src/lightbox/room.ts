/**
 * The room of each slide in pixels, for Safari before 16, which has no container units. Styles prefer these numbers
 * where they are set.
 */
export interface Rooms {
  watch(slide: HTMLElement): void;
  leave(slide: HTMLElement): void;
}

export function rooms(): Rooms {
  if (CSS.supports('width', '1cqw')) return { watch: () => undefined, leave: () => undefined };
  const observer = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      target.style.setProperty('--room-width', `${contentRect.width}px`);
      target.style.setProperty('--room-height', `${contentRect.height}px`);
    }
  });
  return { watch: (slide) => observer.observe(slide), leave: (slide) => observer.unobserve(slide) };
}
