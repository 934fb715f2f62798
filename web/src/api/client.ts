import { parseLogin, parsePage, parseProblem, parseVersion, ShapeError } from './parse.ts';
import type { MediaType, Page } from './types.ts';

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

export interface MediaQuery {
  readonly limit: number;
  readonly cursor?: string | null;
  readonly type?: MediaType | null;
}

/** `GET /api/media` as a path. */
export function mediaPath({ limit, cursor, type }: MediaQuery): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor) query.set('cursor', cursor);
  if (type) query.set('type', type);
  return `/api/media?${query}`;
}

export class Api {
  /** Called whenever a request finds that the session is gone. */
  onUnauthorized: () => void = () => undefined;
  #checking: Promise<boolean> | null = null;

  async media(query: MediaQuery, signal?: AbortSignal): Promise<Page> {
    const response = await this.#send(mediaPath(query), signal ? { signal } : {});
    return understood(parsePage, response);
  }

  /** A text that changes when the catalogue changes. */
  async version(): Promise<string> {
    return understood(parseVersion, await this.#send('/api/cache-version', {}));
  }

  /** Resolves to the path to which the server sends the viewer next. A wrong password is an {@link ApiError} of 401. */
  async login(password: string, returnTo: string): Promise<string | null> {
    const response = await this.#send(
      '/login',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ password, returnTo }),
      },
      false,
    );
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
    this.#checking ??= this.#send('/auth', {})
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
    let response: Response;
    try {
      response = await fetch(path, { ...init, credentials: 'same-origin' });
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new ApiError('The gallery cannot be reached. Please check your connection.', 0);
    }
    if (response.ok) return response;
    if (response.status === 401 && reportUnauthorized) this.onUnauthorized();
    throw await refused(response);
  }
}

async function refused(response: Response): Promise<ApiError> {
  const problem = parseProblem(await response.json().catch(() => null));
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiError(
    problem.detail ?? problem.title ?? `The server answered ${response.status}.`,
    response.status,
    problem.requestId ?? response.headers.get('x-request-id'),
    Number.isFinite(wait) && wait > 0 ? wait : null,
  );
}

async function understood<T>(parse: (value: unknown) => T, response: Response): Promise<T> {
  try {
    return parse(await response.json());
  } catch (error) {
    const reason = error instanceof ShapeError ? `: ${error.message}` : '';
    throw new ApiError(
      `The server's answer was not understood${reason}.`,
      response.status,
      response.headers.get('x-request-id'),
    );
  }
}
