/** An instance of the component, seen from the thread of the server. */
import { EventEmitter } from 'node:events';
import http from 'node:http';
import { Worker } from 'node:worker_threads';

/**
 * How many bytes of an answer are read to its end although the client has left, and for how long, in milliseconds:
 * another instance would cost more.
 */
const SPARED_BYTES = 1024 * 1024;
const SPARED_TIME = 3_000;
/** Headers that are about one connection (RFC 9110, section 7.6.1). `expect` is answered by the server. */
const HOP_BY_HOP = new Set([
  'connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]);

export class Guest {
  #worker;
  #socket;
  #heard = new EventEmitter();
  #ended;

  /** Starts an instance of `component` that listens at a socket of its own. */
  static async start({ code, modules }, socket) {
    const guest = new Guest();
    guest.#socket = socket;
    guest.#worker = new Worker(new URL('./instance.mjs', import.meta.url), { workerData: { code, modules, socket } });
    guest.#worker.on('error', (error) => console.error(`an instance ended: ${error?.stack ?? error}`));
    guest.#worker.on('exit', () => {
      guest.#ended = true;
      guest.#heard.emit('ended');
    });
    guest.#worker.on('message', (message) => {
      const [[name, value]] = Object.entries(message);
      guest.#heard.emit(name, value);
    });
    await guest.#next('ready');
    return guest;
  }

  /** Whether the instance can answer another request. */
  get alive() {
    return !this.#ended;
  }

  /** Ends the instance, whatever it is doing. */
  end() {
    this.#ended = true;
    return this.#worker.terminate();
  }

  /** Answers a request. An instance that could not do so, or that waits for a client who has left, is ended. */
  async answer(request, response) {
    const [head, complete] = [this.#next('head'), this.#next('complete')];
    // Each is awaited below, unless the other fails first.
    for (const promise of [head, complete]) {
      promise.catch(() => {});
    }
    // A server that is to close the connection does so before it has read a body that nobody wants, and its answer is
    // lost.
    const agent = new http.Agent({ keepAlive: true });
    const upstream = http.request({
      agent,
      headers: headersOf(request),
      method: request.method,
      path: targetOf(request),
      socketPath: this.#socket,
    });
    let passed = 0;
    // Before the head is there, nobody knows what is left.
    let left = 0;
    const leaves = () => {
      const timer = setTimeout(() => this.end(), left > SPARED_BYTES ? 0 : SPARED_TIME);
      complete.catch(() => {}).finally(() => clearTimeout(timer));
    };
    response.once('close', leaves);
    try {
      // A body that the instance does not read ends with its answer.
      request.pipe(upstream);
      const pieces = await answered(upstream);
      if (pieces.statusCode !== 200) {
        // The shim's own server refuses the request.
        response.writeHead(pieces.statusCode).end();
        await this.end();
        return;
      }
      const { status, headers } = await head;
      response.writeHead(status, headers);
      response.flushHeaders();
      const length = lengthOf(request.method, status, headers);
      for await (const piece of pieces) {
        passed += piece.length;
        left = (length ?? Infinity) - passed;
        if (response.destroyed && left > SPARED_BYTES) {
          throw new Error('the client has left');
        }
        if (!response.destroyed && !response.write(piece)) {
          await drained(response);
        }
      }
      if ((await complete) && [undefined, passed].includes(length)) {
        response.end();
      } else {
        // The client must see that the body is not whole.
        response.destroy();
      }
    } catch (error) {
      if (!response.destroyed) {
        console.error(`an answer failed: ${error.message}`);
      }
      refuse(response);
      await this.end();
    } finally {
      response.off('close', leaves);
      request.unpipe(upstream);
      upstream.destroy();
      agent.destroy();
    }
  }

  /** What the instance says next of this kind. */
  #next(name) {
    return new Promise((resolve, reject) => {
      const says = (value) => {
        this.#heard.off('ended', ends);
        resolve(value);
      };
      const ends = () => {
        this.#heard.off(name, says);
        reject(new Error('the instance has ended'));
      };
      this.#heard.once(name, says);
      this.#heard.once('ended', ends);
    });
  }
}

/** The request's headers as they came, in turn: name, value. */
function headersOf({ rawHeaders, headers }) {
  const named = new Set((headers.connection ?? '').toLowerCase().split(',').map((name) => name.trim()));
  // These are about the request, whatever `Connection` says.
  named.delete('content-length');
  named.delete('host');
  const kept = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at].toLowerCase();
    if (!HOP_BY_HOP.has(name) && !named.has(name)) {
      kept.push(rawHeaders[at], rawHeaders[at + 1]);
    }
  }
  // Node frames no body of a GET by itself, so that the instance would take the body for its next request.
  if (headers['transfer-encoding'] !== undefined) {
    kept.push('transfer-encoding', 'chunked');
  }
  // HTTP/1.0 knows requests without it. The instance's server refuses them.
  if (headers.host === undefined) {
    kept.push('host', 'localhost');
  }
  return kept;
}

/** The request's target. A client may name the whole URL (RFC 9112, section 3.2.2). */
function targetOf({ url }) {
  return url.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?=\?|$)/, '/');
}

/** The length that the answer's body must have, if the answer says so. */
function lengthOf(method, status, headers) {
  if (method === 'HEAD' || status === 204 || status === 304) {
    return 0;
  }
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-length');
  return at < 0 ? undefined : Number(headers[at + 1]);
}

function answered(upstream) {
  return new Promise((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.once('error', reject);
  });
}

/** Waits until the client has taken what was written, or has left. */
function drained(response) {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}

function refuse(response) {
  if (response.headersSent) {
    response.destroy();
  } else {
    response.writeHead(502).end();
  }
}
