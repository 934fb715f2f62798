/** A component as Node runs it. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';

const TRANSPILER = '@bytecodealliance/jco-transpile';

/**
 * The URL of the code that connects the component's modules, which is written into `folder`, and the modules, which
 * all instances share.
 */
export async function load(component, folder) {
  const files = await transpiled(component);
  const modules = new Map();
  let code;
  for (const [name, bytes] of Object.entries(files)) {
    if (name.endsWith('.wasm')) {
      modules.set(name, await WebAssembly.compile(bytes));
    } else if (name.endsWith('.js')) {
      code = join(folder, 'component.mjs');
      await writeFile(code, bytes);
    }
  }
  return { code: pathToFileURL(code).href, modules };
}

/**
 * The files that jco makes of a component, which takes more than a second. They are kept beside the component, for the
 * next start, with what they were made of. Where nothing can be written they are made each time.
 */
async function transpiled(component) {
  const bytes = await readFile(component);
  const about = await readFile(new URL('../package.json', import.meta.resolve(TRANSPILER)), 'utf8');
  const made = createHash('sha256').update(bytes).update(JSON.parse(about).version).digest('hex');
  const kept = `${component}.transpiled`;
  try {
    const found = deserialize(await readFile(kept));
    if (found.made === made) {
      return found.files;
    }
  } catch {
    // There is nothing, or something else.
  }
  const thread = new Worker(new URL('./transpile.mjs', import.meta.url), { workerData: bytes });
  const [files] = await once(thread, 'message');
  try {
    const fresh = `${kept}.${process.pid}`;
    await writeFile(fresh, serialize({ files, made }));
    // Another process may read the file while this one writes.
    await rename(fresh, kept);
  } catch {
    // The folder may be one that only its owner can write.
  }
  return files;
}
