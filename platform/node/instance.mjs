/** A thread with one instance of the component. It answers one request at a time, as calls of WASI 0.2 block. */
import { parentPort, workerData } from 'node:worker_threads';
import { HTTPServer } from '@bytecodealliance/preview2-shim/http';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { answer } from './wasi.mjs';

const { code, modules, socket } = workerData;
const { instantiate } = await import(code);
const { incomingHandler } = instantiate((name) => modules.get(name), new WASIShim().getImportObject());

const server = new HTTPServer({
  handle(request, out) {
    const complete = answer(incomingHandler, request, out, (head) => parentPort.postMessage({ head }));
    parentPort.postMessage({ complete });
  },
});
server.listen(socket);
parentPort.postMessage({ ready: true });
