/** What a film may lack of its end and still be all there, in seconds. It is a small part of a segment. */
const LACK = 0.25;
/** How long a film waits there until it is taken for ended, in ms. */
const PATIENCE = 500;

type Waiting = Pick<
  HTMLVideoElement,
  'buffered' | 'currentTime' | 'duration' | 'paused' | 'readyState' | 'seeking' | 'addEventListener' | 'removeEventListener'
>;

/** Whether all of a film from its current place on is loaded. */
function isThere({ buffered, currentTime, duration }: Waiting): boolean {
  for (let at = 0; at < buffered.length; at += 1) {
    if (buffered.start(at) <= currentTime && currentTime <= buffered.end(at)) return buffered.end(at) >= duration - LACK;
  }
  return false;
}

/**
 * Calls `end` when a film waits for more though all of it is there. hls.js takes times without the edit list of a film,
 * and so looks for each segment some pictures behind its place. It never finds a last segment that is shorter than that,
 * and waits for ever. Returns what ends this care.
 */
export function atEnd(video: Waiting, end: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    // A film without its next picture is at most at HAVE_CURRENT_DATA.
    if (!video.paused && !video.seeking && video.readyState <= 2 && isThere(video)) end();
  };
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PATIENCE);
  };
  video.addEventListener('waiting', wait);
  return () => {
    clearTimeout(timer);
    video.removeEventListener('waiting', wait);
  };
}
