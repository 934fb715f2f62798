/** The order in which a slideshow goes through a view. It never ends. */
export interface Order {
  /** The number of the item after those that were named so far. */
  next(): number;
}

/** From `from` on, and after the last item from the first one. */
export function forward(count: number, from: number): Order {
  let at = from;
  return { next: () => (at = (at + 1) % count) };
}

/** Every item once, in a random order, before one comes again. `from` has just been seen. */
export function shuffled(count: number, from: number, random: () => number = Math.random): Order {
  const all = Uint32Array.from({ length: count }, (_, index) => index);
  let at = count;
  let last = from;
  const swap = (one: number, other: number) => {
    [all[one], all[other]] = [all[other] ?? 0, all[one] ?? 0];
  };
  const shuffle = () => {
    for (let end = count - 1; end > 0; end -= 1) swap(end, Math.floor(random() * (end + 1)));
    // What has just been seen comes last.
    swap(count - 1, all.indexOf(last));
  };
  return {
    next() {
      if (at >= count) {
        shuffle();
        at = 0;
      }
      last = all[at] ?? 0;
      at += 1;
      return last;
    },
  };
}
