/** The Network Information API, which some browsers have. */
interface Connection {
  /** Megabits per second, at most 10. */
  readonly downlink?: number;
  /** The viewer wants to save bytes. */
  readonly saveData?: boolean;
}

/** Pixels of a small picture for each CSS pixel. The eye sees no more in a tile, and a screen may have three. */
const SHARP = 1.5;
/** On a slow network, in Mbit/s, a soft picture now is better than a sharp one later. */
const SLOW = 2;

/** The width that a browser is told for a tile, in CSS pixels. It multiplies this by the pixels of its screen. */
export function wantedWidth(width: number): number {
  const { connection } = navigator as Navigator & { readonly connection?: Connection };
  const slow = connection?.saveData === true || (connection?.downlink ?? Infinity) < SLOW;
  return Math.ceil(width * Math.min(1, (slow ? 1 : SHARP) / devicePixelRatio));
}
