/** Firefox without a window, through its own port for WebDriver BiDi, which needs no driver. */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { start } from './program.mjs';

// Node has sockets of its own from 22 on.
const Socket = globalThis.WebSocket ?? createRequire(import.meta.url)('playwright-core/lib/utilsBundle').ws;

const SETTINGS = {
  'intl.accept_languages': 'en-GB, en',
  // Nothing is asked of Mozilla's servers.
  'app.normandy.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.server': '',
  'extensions.getAddons.cache.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'browser.safebrowsing.update.enabled': false,
  'services.settings.server': '',
  'browser.download.folderList': 2,
  'browser.download.useDownloadDir': true,
  'browser.download.always_ask_before_handling_new_types': false,
};

/** A browser that keeps everything in the folder `home`. */
export async function firefox(home) {
  const profile = join(home, 'profile');
  await mkdir(profile);
  const settings = { ...SETTINGS, 'browser.download.dir': join(home, 'saved') };
  const line = ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`;
  await writeFile(join(profile, 'user.js'), Object.entries(settings).map(line).join(''));
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'];
  const program = start('firefox-esr', args, { env: { ...process.env, HOME: home } });
  const socket = new Socket(`${await program.says(/WebDriver BiDi listening on (ws:\S+)/)}/session`);
  await new Promise((opened, failed) => Object.assign(socket, { onopen: opened, onerror: failed }));
  const asked = new Map();
  const errors = [];
  socket.onmessage = ({ data }) => {
    const { type, id, result, error, message, params } = JSON.parse(data);
    if (type === 'event') return params.level === 'error' && errors.push(`${params.text} ${params.source?.context ?? ''}`);
    const { done, failed } = asked.get(id);
    return type === 'success' ? done(result) : failed(new Error(`${error}: ${message}`));
  };
  const send = (method, params = {}) =>
    new Promise((done, failed) => {
      const id = asked.size;
      asked.set(id, { done, failed });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await send('session.new', { capabilities: {} });
  await send('session.subscribe', { events: ['log.entryAdded'] });
  const [{ context }] = (await send('browsingContext.getTree')).contexts;
  return {
    go: (url) => send('browsingContext.navigate', { context, url, wait: 'interactive' }),
    /** The JSON of what a function of the page returns, or promises. */
    async call(source, json) {
      const { result, exceptionDetails } = await send('script.callFunction', {
        functionDeclaration: `async (json) => JSON.stringify(await (${source})(...JSON.parse(json)))`,
        arguments: [{ type: 'string', value: json }],
        target: { context },
        awaitPromise: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return result.value;
    },
    act: (actions) => send('input.performActions', { context, actions }),
    picture: async () => (await send('browsingContext.captureScreenshot', { context })).data,
    resize: (width, height) => send('browsingContext.setViewport', { context, viewport: { width, height }, devicePixelRatio: width < 800 ? 2 : 1 }),
    errors: () => errors,
    async close() {
      await send('browser.close').catch(() => undefined);
      socket.close();
      await program.close();
    },
  };
}
