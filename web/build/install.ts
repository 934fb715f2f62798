import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { icon, type Cut } from './icon.ts';

/** Of a maskable icon, the middle 80 % are always seen (W3C Manifest, section 1.9.5, "Icon masks and safe zone"). */
const ICONS: readonly (Cut & { readonly name: string; readonly purpose?: string })[] = [
  { name: 'icon-192.png', size: 192, bleeds: false, scale: 1, purpose: 'any' },
  { name: 'icon-512.png', size: 512, bleeds: false, scale: 1, purpose: 'any' },
  { name: 'icon-maskable.png', size: 512, bleeds: true, scale: 0.8, purpose: 'maskable' },
  { name: 'icon-apple.png', size: 180, bleeds: true, scale: 0.9 },
];

/** Writes the icons, and `manifest.webmanifest` with the product's name. The services put the gallery's name into it. */
export function install(svg: string): Plugin {
  return {
    name: 'install',
    apply: 'build',
    generateBundle() {
      const drawing = readFileSync(svg, 'utf8');
      const icons = ICONS.map((cut) => {
        const source = icon(drawing, cut);
        const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8);
        // What the manifest names may be kept for ever. The page's script names the other one.
        const fileName = cut.purpose === undefined ? cut.name : `assets/${cut.name.replace('.', `-${hash}.`)}`;
        this.emitFile({ type: 'asset', fileName, source });
        return { ...cut, fileName };
      });
      const manifest = {
        name: 'Edge Gallery',
        short_name: 'Edge Gallery',
        start_url: './',
        scope: './',
        display: 'standalone',
        background_color: '#fbf9f5',
        theme_color: '#fbf9f5',
        icons: icons.flatMap(({ fileName, size, purpose }) =>
          purpose === undefined ? [] : [{ src: `./${fileName}`, sizes: `${size}x${size}`, type: 'image/png', purpose }],
        ),
      };
      this.emitFile({ type: 'asset', fileName: 'manifest.webmanifest', source: JSON.stringify(manifest) });
    },
  };
}
