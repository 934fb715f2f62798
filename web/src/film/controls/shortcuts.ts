/** The keys of a film. */

/** How far an arrow seeks, in seconds, and how much it changes the volume. */
const STEP = 5;
const LOUDER = 0.05;

interface Film {
  readonly video: Pick<HTMLVideoElement, 'currentTime' | 'duration' | 'muted' | 'volume'>;
  seek(time: number): void;
  toggle(): void;
  caption(): void;
  screen(): void;
}

const by = (seconds: number) => ({ video, seek }: Film) =>
  seek(Math.max(0, Math.min(Number.isFinite(video.duration) ? video.duration : Infinity, video.currentTime + seconds)));
const louder = (step: number) => ({ video }: Film) => {
  video.muted = false;
  video.volume = Math.max(0, Math.min(1, video.volume + step));
};

const ACTIONS: ReadonlyMap<string, (film: Film) => void> = new Map([
  [' ', ({ toggle }: Film) => toggle()],
  ['k', ({ toggle }: Film) => toggle()],
  ['ArrowLeft', by(-STEP)],
  ['ArrowRight', by(STEP)],
  ['j', by(-2 * STEP)],
  ['l', by(2 * STEP)],
  ['ArrowUp', louder(LOUDER)],
  ['ArrowDown', louder(-LOUDER)],
  ['Home', ({ seek }: Film) => seek(0)],
  ['End', by(Infinity)],
  ['f', ({ screen }: Film) => screen()],
  ['m', ({ video }: Film) => (video.muted = !video.muted)],
  ['c', ({ caption }: Film) => caption()],
]);

/** With Shift, keys mean what they mean without a film. */
export function actionOf({ key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>): ((film: Film) => void) | undefined {
  return shiftKey ? undefined : ACTIONS.get(key.length === 1 ? key.toLowerCase() : key);
}
