import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { precompress } from './precompress.ts';

it('writes siblings that unpack to the file, for text of more than 1 kB', async () => {
  const root = await mkdtemp(join(tmpdir(), 'precompress-'));
  try {
    await writeFile(join(root, 'index.html'), `<!doctype html><title>x</title><p>${'long '.repeat(400)}</p>`);
    await build({ root, logLevel: 'silent', configFile: false, plugins: [precompress()] });
    const dist = join(root, 'dist');
    const html = await readFile(join(dist, 'index.html'));
    expect(html.length).toBeGreaterThan(1024);
    expect(brotliDecompressSync(await readFile(join(dist, 'index.html.br')))).toEqual(html);
    expect(gunzipSync(await readFile(join(dist, 'index.html.gz')))).toEqual(html);

    await writeFile(join(root, 'index.html'), '<!doctype html><title>short</title>');
    await build({ root, logLevel: 'silent', configFile: false, plugins: [precompress()] });
    expect(await readdir(dist)).toEqual(['index.html']);
  } finally {
    await rm(root, { recursive: true });
  }
});
