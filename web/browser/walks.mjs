/** What walks through the gallery have in common: the chat that they begin in, and the desk where the ZIP is opened. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/** A page of another site with a link to the gallery, as a chat in a browser shows it. */
export async function chat(link) {
  const page = `<!doctype html><title>Chat</title><p><a href="${link}" rel="noreferrer">Our photos</a>`;
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page));
  await new Promise((ready) => server.listen(0, 'localhost', ready));
  return {
    // The gallery has the address 127.0.0.1, which is another site.
    url: `http://localhost:${server.address().port}/`,
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
}

/** The files of a ZIP as Info-ZIP's unzip reads them: the bytes by the name. It fails where a CRC is wrong. */
export async function unpacked(zip) {
  const folder = await mkdtemp(join(tmpdir(), 'gallery-desk-'));
  try {
    await promisify(execFile)('unzip', ['-q', zip, '-d', folder], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return new Map(await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path)])));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asserts that a ZIP holds these files of the library in the folder LIBRARY, each whole, and nothing else. */
export async function holds(zip, keys) {
  const files = await unpacked(zip);
  const names = keys.map((key) => key.slice(key.lastIndexOf('/') + 1));
  assert.deepEqual([...files.keys()].sort(), [...names].sort());
  for (const [at, key] of keys.entries()) {
    const original = await readFile(join(process.env.LIBRARY, key));
    assert.ok(files.get(names[at]).equals(original), `${key} has other bytes than the original`);
  }
}
