import { build as bundle, type Plugin } from 'vite';

/** The line that makes the page look for `config.json`. */
const CONFIG = /\n\s*<meta name="gallery-config"[^>]*>/;
/** The page's own script. */
const OWN = /\n\s*<script type="module"[^>]*><\/script>/;

/**
 * Writes `served.html` beside `index.html`: the page as the services serve it. It looks for no `config.json`, which
 * only static hosts have. The script `early` stands in it, before the styles, which would hold it up.
 */
export function served(early: string): Plugin {
  return {
    name: 'served',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, files) {
        const page = files['index.html'];
        const html = page?.type === 'asset' ? String(page.source) : '';
        if (!CONFIG.test(html) || !OWN.test(html)) this.error('index.html has no gallery-config, or no script');
        const inline = `\n    <script>${await script(early)}</script>`;
        const source = html.replace(CONFIG, '').replace(OWN, (own) => own + inline);
        this.emitFile({ type: 'asset', fileName: 'served.html', source });
      },
    },
  };
}

/** A classic script in one line. */
async function script(entry: string): Promise<string> {
  const made = await bundle({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'safari15', rollupOptions: { input: entry, output: { format: 'iife' } } },
  });
  const [output] = [made].flat().flatMap((each) => ('output' in each ? each.output : []));
  if (output?.type !== 'chunk' || /<\/script|="\.\//.test(output.code)) throw new Error(`${entry} is no script for a page`);
  return output.code.trim();
}
