import { homePath } from './services.ts';
import { h } from './ui/dom.ts';

/**
 * Lets the browser install the page under the gallery's name. The manifest is asked for with the session's cookie,
 * because a stranger does not learn the name.
 */
export function installable(title: string): void {
  const { head } = document;
  if (head.querySelector('link[rel=manifest]')) return;
  head.append(
    h('link', { rel: 'manifest', href: `${homePath()}manifest.webmanifest`, crossorigin: 'use-credentials' }),
    h('link', { rel: 'apple-touch-icon', href: `${homePath()}icon-apple.png` }),
    h('meta', { name: 'apple-mobile-web-app-title', content: title }),
  );
}
