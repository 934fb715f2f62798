/**
 * Serves a component for WASI 0.2 on Node: `node serve.mjs gallery02.wasm --listen 127.0.0.1:8080`. The component gets
 * the environment of the process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Guest } from './guest.mjs';
import { load } from './load.mjs';
import { Pool } from './pool.mjs';

/** How long answers that are on their way may take after SIGTERM, in milliseconds. */
const GRACE = 10_000;
/** How long a request may take to arrive, and how often this is looked at, in milliseconds. */
const ARRIVAL = 30_000;
const LOOK = 5_000;
/** How long a client may take nothing of its answer, in milliseconds. An instance is lent to it for so long. */
const STALL = 5 * 60_000;
/** The most bytes of a request's head. The server of an instance takes 16 KiB, and the head has some more there. */
const MAX_HEAD = 15 * 1024;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    instances: { type: 'string', default: '16' },
    listen: { type: 'string', default: '127.0.0.1:8080' },
  },
});
const [file] = positionals;
const [, host, port] = /^(.+):(\d+)$/.exec(values.listen) ?? [];
const most = Number(values.instances);
if (positionals.length !== 1 || port === undefined || !Number.isInteger(most) || most < 1) {
  console.error('usage: node serve.mjs COMPONENT [--listen ADDRESS:PORT] [--instances NUMBER]');
  process.exit(2);
}

// Only this user may read the folder, in which the sockets of the instances are.
const folder = mkdtempSync(join(tmpdir(), 'edge-gallery-node-'));
process.once('exit', () => rmSync(folder, { force: true, recursive: true }));

let pool;
try {
  const component = await load(file, folder);
  let sockets = 0;
  pool = new Pool(most, () => Guest.start(component, join(folder, `${++sockets}.sock`)));
  await pool.lend(async () => {});
} catch (error) {
  console.error(`cannot serve ${file}: ${error.message}`);
  process.exit(1);
}

const limits = { connectionsCheckingInterval: LOOK, maxHeaderSize: MAX_HEAD, requestTimeout: ARRIVAL };
const server = http.createServer(limits, async (request, response) => {
  // A client that leaves is no failure of the server.
  request.on('error', () => {});
  response.on('error', () => {});
  try {
    await pool.lend(async (guest) => {
      if (!response.destroyed) {
        await guest.answer(request, response);
      }
    });
  } catch (error) {
    console.error(`no instance could be started: ${error?.stack ?? error}`);
    if (!response.headersSent) {
      response.writeHead(503).end();
    }
  }
});

server.timeout = STALL;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => process.exit());
    server.closeIdleConnections();
    setTimeout(() => process.exit(), GRACE);
  });
}

server.once('error', (error) => {
  console.error(`cannot listen on ${values.listen}: ${error.message}`);
  process.exit(1);
});
server.listen(Number(port), host.replace(/^\[|\]$/g, ''), () => {
  const { address, family, port } = server.address();
  console.error(`listening on http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
});
