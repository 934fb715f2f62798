/**
 * Asks for what the page shows first while its script is still on its way. It stands in the page that the services
 * serve, behind the tag of the page's script. On a slow phone this saves two ways there and back.
 */
import { ahead, type Early } from './api/early.ts';

/** Nobody takes an answer that is older, in ms. */
const HELD = 10_000;

/** The folder of the page. Built scripts lie in a folder of it. */
const home = new URL('..', document.querySelector<HTMLScriptElement>('script[src]')?.src ?? location.href);
const item = /^#\/m\/(.+)/.exec(location.hash)?.[1];

// Other views, and links, begin with other requests.
if (location.pathname === home.pathname && (item !== undefined || /^(?:#\/?(?:followed)?)?$/.test(location.hash))) {
  const asked: Early = new Map();
  const ask = (path: string, then = (answer: Response): Response | Promise<Response> => answer): void => {
    const answer = fetch(new URL(path.slice(1), home), { credentials: 'same-origin' }).then(then);
    // Whoever takes it learns of a failure.
    answer.catch(() => undefined);
    asked.set(path, answer);
  };
  ahead.early = asked;
  setTimeout(() => asked.clear(), HELD);
  if (item !== undefined) ask(`/api/media/${item}`);
  // The page gets the timeline after the first block was asked for: drawing the one would hold up the other.
  ask('/api/timeline', async (answer) => {
    if (item === undefined && answer.ok) {
      const { blocks } = (await answer.clone().json()) as { blocks?: readonly (readonly [name: string, count: number])[] };
      const first = blocks?.[0]?.[0];
      if (typeof first === 'string') ask(`/api/blocks/${encodeURIComponent(first)}`);
    }
    return answer;
  });
}
