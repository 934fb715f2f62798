import { keyPath } from '../key-path.ts';
import { EVERYTHING } from '../route.ts';
import { credentials, elsewhere, reach } from '../services.ts';
import { ShapeError } from './check.ts';
import { early } from './early.ts';
import { parseBlock, parseDetails, parseLocated, parseLogin, parsePlayback, parseProblem } from './parse.ts';
import { parseTimeline } from './timeline.ts';
import type { Details, Located, Media, Timeline } from './types.ts';
import { explained } from '../words/problem.ts';
import { words } from '../words/words.ts';

/** A request that did not succeed. `status` is 0 if there was no answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly requestId: string | null;
  /** How many seconds the server asked the page to wait. */
  readonly retryAfter: number | null;

  constructor(message: string, status: number, requestId: string | null = null, retryAfter: number | null = null) {
    super(message);
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

export class Api {
  /** Called whenever a request finds that the session is gone. */
  onUnauthorized: () => void = () => undefined;
  #checking: Promise<boolean> | null = null;
  /** Ends the question on its way whether the session is valid. */
  #check = new AbortController();

  /** The browser keeps the answer and asks whether it still holds. If it does, no body is sent. */
  async timeline(view: string): Promise<Timeline> {
    return understood(parseTimeline, await this.#send(`/api/timeline${query(view)}`, {}));
  }

  /** A block never changes. The browser keeps it, and then sends no request at all. */
  async block(name: string, signal?: AbortSignal): Promise<readonly Media[]> {
    const response = await this.#send(`/api/blocks/${encodeURIComponent(name)}`, signal ? { signal } : {});
    return understood(parseBlock, response);
  }

  async item(key: string, view: string): Promise<Located> {
    return understood(parseLocated, await this.#send(`/api/media/${keyPath(key)}${query(view)}`, {}));
  }

  async details(key: string): Promise<Details> {
    return understood(parseDetails, await this.#send(`/api/media/${keyPath(key)}`, {}));
  }

  /** The URL of a film's playlist. `path` is the item's `playback`. */
  async playback(path: string): Promise<string> {
    return understood(parsePlayback, await this.#send(path, {}));
  }

  /** Sends JSON, and reads the answer with `parse`. */
  async post<T>(path: string, body: object, parse: (value: unknown) => T, signal: AbortSignal): Promise<T> {
    return understood(parse, await this.#send(path, { ...json(body), signal }));
  }

  /** Resolves to the path to which the server sends the viewer next. A wrong password is an {@link ApiError} of 401. */
  async login(password: string, returnTo: string, link: string | null = null): Promise<string | null> {
    const response = await this.#send(
      '/login',
      json(link === null ? { password, returnTo } : { password, returnTo, link }),
      false,
    );
    // What was asked before tells nothing of the session that begins here.
    this.#check.abort();
    this.#check = new AbortController();
    this.#checking = null;
    return (await understood(parseLogin, response)).returnTo;
  }

  async logout(): Promise<void> {
    await this.#send('/logout', { method: 'POST' }, false);
  }

  /**
   * Asks whether the session is still valid. This is for failures without a status, as of pictures and films.
   * Simultaneous callers share one request.
   */
  stillWelcome(): Promise<boolean> {
    this.#checking ??= this.#send('/auth', { signal: this.#check.signal })
      .then(
        () => true,
        (error: unknown) => !(error instanceof ApiError && error.status === 401),
      )
      .finally(() => {
        this.#checking = null;
      });
    return this.#checking;
  }

  async #send(path: string, init: RequestInit, reportUnauthorized = true): Promise<Response> {
    const asked = init.method === undefined ? early(path) : undefined;
    const response = await (asked ?? fetch(reach(path), { ...init, credentials: credentials() })).catch(lost);
    if (response.ok) return response;
    if (response.status === 401 && reportUnauthorized) this.onUnauthorized();
    throw await refused(response);
  }
}

/** What a viewer sees first is not named: through a link, it may be another view than everything. */
const query = (view: string): string => (view === EVERYTHING ? '' : `?view=${encodeURIComponent(view)}`);

const json = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** For an answer that did not come, or not to its end: it was given up, or the network failed. */
function lost(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  throw new ApiError(elsewhere() ? words.elsewhere.unreachable : words.errors.unreachable, 0);
}

async function refused(response: Response): Promise<ApiError> {
  const problem = parseProblem(await response.json().catch(() => null));
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiError(
    explained(response.status, problem.detail ?? problem.title, problem.type),
    response.status,
    problem.requestId ?? response.headers.get('x-request-id'),
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}

async function understood<T>(parse: (value: unknown) => T, response: Response): Promise<T> {
  const body = await response.text().catch(lost);
  try {
    return parse(JSON.parse(body));
  } catch (error) {
    const { notUnderstood, notUnderstoodWhy } = words.errors;
    throw new ApiError(
      error instanceof ShapeError ? notUnderstoodWhy(error.message) : notUnderstood,
      response.status,
      response.headers.get('x-request-id'),
    );
  }
}
