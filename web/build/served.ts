import type { Plugin } from 'vite';

/** The line that makes the page look for `config.json`. */
const CONFIG = /\n\s*<meta name="gallery-config"[^>]*>/;

/**
 * Writes `served.html` beside `index.html`: the page as the services serve it. It looks for no `config.json`, which
 * only static hosts have, so that it begins a request earlier.
 */
export function served(): Plugin {
  return {
    name: 'served',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const page = bundle['index.html'];
        if (page?.type !== 'asset' || !CONFIG.test(String(page.source))) this.error('index.html has no gallery-config');
        this.emitFile({ type: 'asset', fileName: 'served.html', source: String(page.source).replace(CONFIG, '') });
      },
    },
  };
}
