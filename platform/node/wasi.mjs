/**
 * What preview2-shim leaves to be done before it serves a gallery. Each part says which function of the shim it is
 * about; PLATFORM.md has the list. The shim's files stay as they are: its classes are exported, and these are methods
 * around theirs.
 */
import { outgoingHandler, types } from '@bytecodealliance/preview2-shim/http';
import { streams } from '@bytecodealliance/preview2-shim/io';

const { OutgoingBody, OutgoingResponse, RequestOptions, ResponseOutparam } = types;
const { OutputStream } = streams;
const dispose = Symbol.dispose ?? Symbol.for('dispose');

/**
 * The shim's half of a response: a response without headers, and its body. `HTTPServer` takes a body for granted. It
 * compares a body with `Content-Length`, and counts what is written and not what is spliced (`OutgoingBody.finish`).
 * It sends one header of each name (`setOutgoingResponse`). So the head goes to `answered`, and the shim sends a body
 * of any length.
 */
const bare = new WeakMap();
const body = OutgoingResponse.prototype.body;
const ours = new WeakSet();
const finished = new WeakSet();

function half(response) {
  let found = bare.get(response);
  if (found === undefined) {
    found = { response: new OutgoingResponse(new types.Fields()), taken: false };
    found.body = body.call(found.response);
    bare.set(response, found);
    ours.add(found.body);
  }
  return found;
}

OutgoingResponse.prototype.body = function () {
  const { body, taken } = half(this);
  if (taken) {
    throw undefined;
  }
  bare.get(this).taken = true;
  return body;
};

/** A body that the component drops before its end is one that `HTTPServer` still wants to end. */
const drop = OutgoingBody.prototype[dispose];
OutgoingBody.prototype[dispose] = function () {
  if (!ours.has(this)) {
    drop.call(this);
  }
};

const finish = OutgoingBody.finish;
OutgoingBody.finish = (body, trailers) => {
  finish(body, trailers);
  finished.add(body);
};

/**
 * Lets a component answer a request. `answered` gets the head as soon as the component gives it: the status, and names
 * and values in turn, in Latin-1. Returns whether the component gave the whole body. Throws if it gave no head.
 */
export function answer(handler, request, out, answered) {
  let given;
  const set = ResponseOutparam.set;
  ResponseOutparam.set = (param, result) => {
    if (result.tag === 'ok') {
      given = half(result.val);
      const fields = result.val.headers().entries();
      const headers = fields.flatMap(([name, value]) => [name, Buffer.from(value).toString('latin1')]);
      answered({ status: result.val.statusCode(), headers });
      return set(param, { tag: 'ok', val: given.response });
    }
    // The shim ends its process (`HTTPServer`), which is this instance.
    return set(param, result);
  };
  try {
    handler.handle(request, out);
  } finally {
    ResponseOutparam.set = set;
  }
  if (given === undefined) {
    throw new Error('the component gave no answer');
  }
  return !given.taken || finished.has(given.body);
}

/**
 * A splice of the shim does not wait for its source, and moves nothing (`OUTPUT_STREAM_BLOCKING_SPLICE`). A component
 * would ask again and again. It does not ask how much its target takes, and then a write is too much, which ends the
 * process (`OUTPUT_STREAM_BLOCKING_WRITE_AND_FLUSH`).
 */
const splice = OutputStream.prototype.blockingSplice;
const write = OutputStream.prototype.blockingWriteAndFlush;
const overfull = new WeakSet();
OutputStream.prototype.blockingWriteAndFlush = function (bytes) {
  if (overfull.delete(this)) {
    this.blockingFlush();
  }
  return write.call(this, bytes);
};
OutputStream.prototype.blockingSplice = function (source, length) {
  overfull.add(this);
  for (;;) {
    const moved = splice.call(this, source, length);
    if (moved > 0n) {
      return moved;
    }
    const ready = source.subscribe();
    ready.block();
    ready[dispose]();
  }
};

/**
 * The shim gives an answer's head the time that a connection may take (`createHttpRequest`), and waits for the end of
 * a body that nobody asked for, so that the connection to the store is never free again.
 */
const handle = outgoingHandler.handle;
outgoingHandler.handle = (request, options) => {
  const times = new RequestOptions();
  const firstByte = options?.firstByteTimeout();
  times.setConnectTimeout(firstByte);
  times.setFirstByteTimeout(firstByte);
  times.setBetweenBytesTimeout(options?.betweenBytesTimeout());
  const pending = handle(request, times);
  let unasked;
  try {
    unasked = request.body();
  } catch {
    // The component has asked for it, and finishes it.
    return pending;
  }
  finish(unasked, undefined);
  return pending;
};
