import { createHash } from 'node:crypto';
import { build as bundle, type Plugin } from 'vite';

/** Makes the service worker of one file, and writes it beside the page, with the names of the files of this build. */
export function worker(entry: string): Plugin {
  return {
    name: 'worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, files) {
        const names = Object.keys(files).filter((name) => name.startsWith('assets/')).sort();
        const pages = Object.entries(files).flatMap(([name, file]) =>
          file.type === 'asset' && name.endsWith('.html') ? [String(file.source)] : [],
        );
        /** What the page names, and what its script needs to run. */
        const first = new Set<string>();
        const add = (name: string): void => {
          if (first.has(name)) return;
          first.add(name);
          const chunk = files[name];
          if (chunk?.type === 'chunk') chunk.imports.forEach(add);
        };
        // Without a connection, photos are looked at too.
        for (const [name, file] of Object.entries(files)) if (file.type === 'chunk' && file.name === 'lightbox') add(name);
        names.filter((name) => pages.some((page) => page.includes(name))).forEach(add);
        if (first.size === 0) this.error('the page names no files');
        const digest = createHash('sha256').update(JSON.stringify([names, pages])).digest('hex').slice(0, 16);
        const made = await bundle({
          configFile: false,
          logLevel: 'warn',
          define: {
            __BUILD__: JSON.stringify(digest),
            __FIRST__: JSON.stringify([...first].sort()),
            __FILES__: JSON.stringify(names),
          },
          build: {
            write: false,
            target: 'safari15',
            rollupOptions: { input: entry, output: { format: 'iife', entryFileNames: 'sw.js' } },
          },
        });
        const [output] = [made].flat().flatMap((each) => ('output' in each ? each.output : []));
        if (output?.type !== 'chunk') this.error('the service worker is no script');
        this.emitFile({ type: 'asset', fileName: 'sw.js', source: output.code });
      },
    },
  };
}
