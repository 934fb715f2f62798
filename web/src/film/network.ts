import { keepNetwork, networkBefore } from './kept.ts';

/** Bits per second where nothing is known. */
const MODEST = 2_500_000;

/** The Network Information API, which some browsers have. */
interface Connection {
  /** Megabits per second, at most 10. */
  readonly downlink?: number;
}

/** What is measured is kept at most once in this time, in ms. */
const EVERY = 10_000;

let measured: number | null = null;
let kept = -Infinity;

/** Bits per second: as films were loaded, else as the browser says, else a modest guess. */
export function network(): number {
  const { connection } = navigator as Navigator & { readonly connection?: Connection };
  const said = connection?.downlink;
  return measured ?? networkBefore() ?? (said ? said * 1_000_000 : MODEST);
}

export function learn(estimate: number): void {
  if (!Number.isFinite(estimate) || estimate <= 0) return;
  measured = estimate;
  if (performance.now() - kept < EVERY) return;
  kept = performance.now();
  keepNetwork(estimate);
}
