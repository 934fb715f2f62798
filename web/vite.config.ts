import { defineConfig } from 'vite';
import { precompress } from './build/precompress.ts';

/** Where `vite dev` finds the services. The built page has no such setting, because it uses its own origin. */
const services = 'http://127.0.0.1:8080';

export default defineConfig({
  base: '/',
  plugins: [precompress()],
  build: {
    outDir: 'dist',
    target: ['chrome109', 'firefox115', 'safari16'],
    // The content security policy allows no `data:` for scripts and styles, so every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // hls.js is a chunk of its own, which is loaded when a film is opened.
    chunkSizeWarningLimit: 450,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/login', '/logout', '/auth'].map((path) => [path, services])),
  },
});
