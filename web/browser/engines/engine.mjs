/** Another engine than Chromium's, as a person uses it: with a pointer and keys. */
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { firefox } from './firefox.mjs';
import { until } from './program.mjs';
import { webkit } from './webkit.mjs';

const ENGINES = { firefox, webkit };
/** In ms. */
const PATIENCE = 30_000;
/** As WebDriver writes keys (W3C WebDriver, 17.4.2). */
const KEYS = { Escape: '\uE00C', End: '\uE010', Home: '\uE011', ArrowLeft: '\uE012', ArrowRight: '\uE014' };

/** Opens a browser of this name with an empty profile. `close` ends it and removes the profile. */
export async function open(name) {
  const home = await mkdtemp(join(tmpdir(), `gallery-${name}-`));
  const saved = join(home, 'saved');
  await mkdir(saved);
  const remote = await ENGINES[name](home);
  const run = async (act, ...args) => {
    const json = await remote.call(String(act), JSON.stringify(args));
    return typeof json === 'string' ? JSON.parse(json) : undefined;
  };
  return {
    go: remote.go,
    resize: (width, height) => remote.resize(width, height),
    errors: remote.errors,
    /** Calls a function in the page, with arguments that are JSON. Returns what it returns. */
    run,
    /** Waits until a function in the page returns something but `false` or nothing. Returns it. */
    when: (act, ...args) => until(async () => (await run(act, ...args)) || false, String(act), PATIENCE),
    /** Clicks at the middle of the first element that fits, and has this name. It must be there, at rest, and seen. */
    async click(selector, named = '') {
      let last = '';
      const at = await until(async () => {
        const place = await run(placeOf, selector, named);
        const here = JSON.stringify(place);
        const still = here === last;
        last = here;
        return place && still ? place : false;
      }, `click at ${selector} ${named}`, PATIENCE);
      const pointer = { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' } };
      const move = { type: 'pointerMove', x: Math.round(at.x), y: Math.round(at.y), duration: 0 };
      await remote.act([{ ...pointer, actions: [move, { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }] }]);
    },
    press(key) {
      const value = KEYS[key] ?? key;
      return remote.act([{ type: 'key', id: 'keys', actions: [{ type: 'keyDown', value }, { type: 'keyUp', value }] }]);
    },
    /** Writes `NAME.png` into the folder that SCREENSHOTS names. Does nothing without SCREENSHOTS. */
    async screenshot(called) {
      const folder = process.env.SCREENSHOTS;
      if (!folder) return;
      await wait(800);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${name}-${called}.png`), Buffer.from(await remote.picture(), 'base64'));
    },
    /** The path of the file that the browser saves, once it is whole: once no other is beside it, and it grows no more. */
    async saved() {
      let last = 0;
      return until(async () => {
        const [file, ...more] = await readdir(saved);
        if (file === undefined || more.length > 0) return false;
        const { size } = await stat(join(saved, file));
        if (size > 0 && size === last) return join(saved, file);
        last = size;
        await wait(500);
        return false;
      }, 'a file is saved', PATIENCE);
    },
    async close() {
      await remote.close();
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Runs in the page. The middle of an element, if nothing covers it. */
function placeOf(selector, named) {
  const nameOf = (element) => element.getAttribute('aria-label') ?? element.textContent.trim();
  const found = [...document.querySelectorAll(selector)].find(
    (element) => element.getClientRects().length > 0 && (named === '' || nameOf(element).startsWith(named)),
  );
  if (!found) return null;
  found.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const { left, top, width, height } = found.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  return found.contains(document.elementFromPoint(x, y)) ? { x, y } : null;
}
