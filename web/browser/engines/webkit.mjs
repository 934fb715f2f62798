/** WebKitGTK's MiniBrowser on a screen in memory, through WebKitWebDriver: W3C WebDriver over HTTP. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { start, until } from './program.mjs';

/** Its console goes to its standard output. */
const OPTIONS = { args: ['--automation', '--enable-write-console-messages-to-stdout=true'] };

/** A browser that keeps everything in the folder `home`. */
export async function webkit(home) {
  // Debian's MiniBrowser saves where the settings of the desktop say.
  await mkdir(join(home, '.config/gtk-3.0'), { recursive: true });
  await writeFile(join(home, '.config/user-dirs.dirs'), `XDG_DOWNLOAD_DIR="${home}/saved"\n`);
  // Its buttons would make its window wider than a phone.
  await writeFile(join(home, '.config/gtk-3.0/gtk.css'), '* { min-width: 0; padding: 0; margin: 0; border: 0; font-size: 1px; -gtk-icon-transform: scale(0.1); }\n');
  const screen = start('Xvfb', ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp']);
  const display = await screen.says(/^(\d+)\n/);
  const env = { PATH: process.env.PATH, HOME: home, LC_ALL: 'C.UTF-8', DISPLAY: `:${display}`, NO_AT_BRIDGE: '1' };
  const port = await freePort();
  const driver = start('WebKitWebDriver', [`--port=${port}`], { env });
  const send = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };
  await until(() => send('GET', '/status').catch(() => false), 'WebKitWebDriver');
  const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': OPTIONS } };
  const { sessionId } = await send('POST', '/session', { capabilities });
  const ask = (path, body = {}) => send('POST', `/session/${sessionId}${path}`, body);
  return {
    go: (url) => ask('/url', { url }),
    /** The JSON of what a function of the page returns, or promises. */
    call: (source, json) =>
      ask('/execute/sync', { script: `return (async () => JSON.stringify(await (${source})(...JSON.parse(arguments[0]))))()`, args: [json] }),
    act: (actions) => ask('/actions', { actions }),
    picture: () => send('GET', `/session/${sessionId}/screenshot`),
    async resize(width, height) {
      // The bar of the window is not the page.
      const { height: page } = JSON.parse(await this.call('() => ({ height: outerHeight - innerHeight })', '[]'));
      await ask('/window/rect', { x: 0, y: 0, width, height: height + page });
    },
    errors: () => driver.said().split('\n').filter((line) => /^CONSOLE .*\bERROR\b|ended: /.test(line)),
    async close() {
      await send('DELETE', `/session/${sessionId}`).catch(() => undefined);
      await driver.close();
      await screen.close();
    },
  };
}

const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
