/** How long a seek to a place that is loaded may take, in ms. It is a small part of this. */
const PATIENCE = 2_000;
/** So far beside its place it is repeated, in seconds: less than a picture. */
const STEP = 0.02;

type Sought = Pick<HTMLVideoElement, 'buffered' | 'currentTime' | 'seeking' | 'addEventListener' | 'removeEventListener'>;

/** Whether what is shown at this time is loaded. */
export function isLoaded({ buffered }: Pick<Sought, 'buffered'>, time: number): boolean {
  for (let at = 0; at < buffered.length; at += 1) {
    if (buffered.start(at) <= time && time < buffered.end(at)) return true;
  }
  return false;
}

/**
 * Repeats a seek that does not end though its place is loaded. WebKitGTK forgets some seeks to the first picture of a
 * film, and waits for ever. Returns what ends this care.
 */
export function insist(video: Sought): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    if (!video.seeking) return;
    // The repetition fires `seeking` again.
    if (isLoaded(video, video.currentTime + STEP)) video.currentTime += STEP;
    else wait();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PATIENCE);
  };
  video.addEventListener('seeking', wait);
  return () => {
    clearTimeout(timer);
    video.removeEventListener('seeking', wait);
  };
}
