import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';
import { first } from './build/first.ts';
import { install } from './build/install.ts';
import { precompress } from './build/precompress.ts';
import { served } from './build/served.ts';
import { worker } from './build/worker.ts';

/**
 * hls.js is built from its source, because its builds are too large or too small: with everything, or without sound of
 * its own and subtitles. Its build names the parts in this way (build-config.js of hls.js).
 */
const parts = {
  ALT_AUDIO: true,
  SUBTITLES: true,
  CMCD: false,
  CONTENT_STEERING: false,
  EME_DRM: false,
  IFRAMES: false,
  INTERSTITIALS: false,
  M2TS_ADVANCED_CODECS: false,
  MEDIA_CAPABILITIES: false,
  VARIABLE_SUBSTITUTION: false,
};
const hls = join(import.meta.dirname, 'node_modules/hls.js');
const { version } = JSON.parse(readFileSync(join(hls, 'package.json'), 'utf8')) as { version: string };

/** Where `vite dev` finds the services. The built page has no such setting, because it uses its own origin. */
const services = 'http://127.0.0.1:8080';

export default defineConfig({
  // Relative, so that the page lies at the root of an origin as well as below a path.
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [
    served(join(import.meta.dirname, 'src/early.ts')),
    install(join(import.meta.dirname, 'src/ui/favicon.svg')),
    worker(join(import.meta.dirname, 'worker/sw.ts')),
    precompress(),
  ],
  resolve: {
    alias: [
      { find: /^hls\.js$/, replacement: join(hls, 'src/exports-named.ts') },
      { find: /^@svta\/cml-cmcd$/, replacement: join(hls, 'src/empty-es.js') },
    ],
  },
  define: {
    ...Object.fromEntries(Object.entries(parts).map(([name, wanted]) => [`__USE_${name}__`, String(wanted)])),
    __VERSION__: JSON.stringify(version),
    __IN_WORKER__: 'false',
    // Of the worker, see film/hls.ts.
    __HLS_WORKER_BUNDLE__: 'undefined',
  },
  build: {
    outDir: 'dist',
    // The second one is for addresses where there is nothing. Static hosts look for it by this name too.
    rollupOptions: {
      input: ['index.html', '404.html'],
      output: { codeSplitting: { groups: [{ name: first }] } },
    },
    // Safari 15 knows the syntax of 16 (ECMAScript 2022 without static blocks). What it lacks beside is in src/old.ts.
    target: ['chrome109', 'firefox115', 'safari16'],
    cssTarget: ['chrome109', 'firefox115', 'safari15'],
    // The content security policy allows no `data:` for scripts and styles, so every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // hls.js is a chunk of its own, which is loaded when a film is opened.
    chunkSizeWarningLimit: 500,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/login', '/logout', '/auth'].map((path) => [path, services])),
  },
});
