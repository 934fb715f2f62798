/** How much of a film is loaded ahead, and which rung is loaded first. Pure, so that tests need no film. */

/** The most that is loaded ahead of the place that plays, in seconds and in bytes: whichever is less. */
const AHEAD_SECONDS = 30;
const AHEAD_BYTES = 20_000_000;
/** The most bytes of the one segment that is loaded of a film nobody has started. */
const HELD_BYTES = 700_000;
/** In this time, in seconds, the segment should arrive for which somebody waits. */
const WAIT = 0.5;

export interface Rung {
  /** Bits per second. */
  readonly bitrate: number;
}

/** How many seconds of a rung to buffer, so that the segment that exceeds it stays within the limits. */
export function ahead(bitrate: number, segment: number): number {
  const seconds = Math.min(AHEAD_SECONDS, (AHEAD_BYTES * 8) / Math.max(1, bitrate));
  return Math.max(segment, seconds - segment);
}

/**
 * The rung whose segment arrives within half a second: the best one up to `most`, else the cheapest. `estimate` is in
 * bits per second, and `segment` in seconds. `held`: the film is not wanted yet, so that its bytes count too.
 */
export function prompt(rungs: readonly Rung[], estimate: number, segment: number, most: number, held = false): number {
  let best = -1;
  let cheapest = 0;
  rungs.forEach(({ bitrate }, at) => {
    if (bitrate < (rungs[cheapest]?.bitrate ?? Infinity)) cheapest = at;
    const bits = bitrate * segment;
    if (at > most || bits > estimate * WAIT || (held && bits > HELD_BYTES * 8)) return;
    if (best < 0 || bitrate > (rungs[best]?.bitrate ?? 0)) best = at;
  });
  return best < 0 ? cheapest : best;
}
