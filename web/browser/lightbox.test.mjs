/**
 * The lightbox, against a mock of the API, with the built page (`npm run build`). Optionally CHROMIUM and
 * SCREENSHOTS=DIR.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import {
  COUNT, server, library, linkTo, at, shows, boxOf, viewer, still,
  openIn, until, comeBack, DESKTOP, PHONE, drag, gridShown, logIn, screenshot, visit,
} from './lightbox.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

afterEach(() => {
  server.welcomes = true;
});
after(() => server.close());

/** What axe finds wrong with the lightbox as it is. */
async function faults(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.addScriptTag({ path: AXE });
  // Colours fade in.
  await page.waitForTimeout(350);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run('dialog.lightbox', { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, any }) => `${html.slice(0, 120)} ${any.map(({ message }) => message)}`).join(' | ')}`);
  });
}

/** The contrast of two colours as browsers compute them (WCAG 2.2). */
const contrast = (one, other) => {
  const light = (colour) =>
    colour.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
};

describe('the lightbox at a desk', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
  });
  after(() => visitor?.close());

  it('has the date for its headline, and says nothing of the file', async () => {
    await openIn(page, 0);
    assert.equal(await page.locator('.caption-name').textContent(), '30 June 2024 at 00:00');
    assert.doesNotMatch(await page.locator('.caption').textContent(), /IMG/);
    assert.match(await page.title(), /^30 June 2024/);
    assert.equal(await page.locator('.slide-active img').last().getAttribute('alt'), 'Photo, 30 June 2024 at 00:00');
    await screenshot(page, 'lightbox-photo');
    assert.deepEqual(await faults(page), []);
  });

  it('is explored by keyboard when zoomed', async () => {
    await openIn(page, 0);
    const frame = () => boxOf(page, '.slide-active .frame');
    const whole = await frame();
    await page.keyboard.press('ArrowUp');
    await still(page);
    assert.deepEqual(await frame(), whole);
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('+');
    await still(page);
    const close = await frame();
    assert.ok(close.width > whole.width * 3);
    const said = () => page.locator('.said').textContent();
    assert.match(await said(), /338 %.*arrow keys/);
    assert.deepEqual(await faults(page), []);
    for (const [key, axis, sign] of [['ArrowRight', 'x', -1], ['ArrowDown', 'y', -1], ['ArrowLeft', 'x', 1], ['ArrowUp', 'y', 1]]) {
      const from = await frame();
      await page.keyboard.press(key);
      await still(page);
      const to = await frame();
      assert.ok((to[axis] - from[axis]) * sign > 50, `${key}: ${from[axis]} to ${to[axis]}`);
    }
    // It stops at the edge, and turns to no other item.
    for (let press = 0; press < 12; press += 1) await page.keyboard.press('ArrowRight');
    await still(page);
    const edge = await frame();
    assert.ok(edge.x + edge.width >= 1439, JSON.stringify(edge));
    assert.equal(await at(page), 0);
    await screenshot(page, 'lightbox-zoomed');
    await page.keyboard.press('-');
    await still(page);
    assert.ok((await frame()).width < close.width);
    await page.keyboard.press('0');
    await still(page);
    assert.deepEqual(await frame(), whole);
    assert.match(await said(), /whole/);
    await page.keyboard.press('ArrowRight');
    await shows(page, 1);
  });

  it('has arrows that are seen on a white picture', async () => {
    await openIn(page, 2);
    const { icon, disc } = await page.locator('.control-next').evaluate((button) => {
      const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
      const { color, backgroundColor } = getComputedStyle(button);
      return { icon: parts(color), disc: parts(backgroundColor) };
    });
    const onWhite = disc.slice(0, 3).map((part) => part * disc[3] + 255 * (1 - disc[3]));
    assert.ok(contrast(icon.slice(0, 3), onWhite) >= 3, String(contrast(icon.slice(0, 3), onWhite)));
    assert.ok(contrast(onWhite, [255, 255, 255]) >= 3);
  });

  it('is printed on one page, without its tools', async () => {
    await openIn(page, 2);
    const pages = (await page.pdf()).toString('latin1').match(/\/Type\s*\/Page\b/g);
    assert.equal(pages.length, 1);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.slide-active img').first().isVisible(), true);
    assert.equal(await page.locator('.control:visible').count(), 0);
    await page.emulateMedia({ media: null });
  });

  it('has borders and a chosen filter that are seen', async () => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(() => {
        const of = (name) => {
          const probe = document.body.appendChild(document.createElement('i'));
          probe.style.color = `var(${name})`;
          const parts = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
          probe.remove();
          return parts;
        };
        return ['--edge', '--paper', '--card', '--tint'].map(of);
      });
      const [edge, ...grounds] = found;
      for (const ground of grounds) assert.ok(contrast(edge, ground) >= 3, `${colorScheme}: ${contrast(edge, ground)}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('shows its controls in colours that the viewer has set', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await openIn(page, 1);
    const controls = page.locator('.control:visible, .live:visible');
    assert.ok((await controls.count()) >= 4);
    for (const width of await controls.evaluateAll((all) => all.map((each) => getComputedStyle(each).borderTopWidth))) assert.equal(width, '1px');
    await screenshot(page, 'lightbox-forced-colours');
    assert.deepEqual(await faults(page), []);
    await page.emulateMedia({ forcedColors: 'none' });
  });

  it('left no error on the console and broke no policy', () => {
    assert.deepEqual(visitor.seen.errors.filter((text) => !/status of (?:401|404)/.test(text)), []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});

describe('the lightbox on a phone', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(PHONE);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
  });
  after(() => visitor?.close());

  it('keeps its arrows off the picture', async () => {
    await openIn(page, 8);
    await still(page);
    const frame = await boxOf(page, '.slide-active .frame');
    for (const name of ['Previous', 'Next']) {
      const box = await page.getByRole('button', { name, exact: true }).boundingBox();
      assert.ok(box.y >= frame.y + frame.height, `${name} at ${box.y}, the picture ends at ${frame.y + frame.height}`);
      assert.ok(box.width >= 44 && box.height >= 44);
    }
    await screenshot(page, 'lightbox-phone');
    assert.deepEqual(await faults(page), []);
  });

  it('has room for all its tools', async () => {
    await openIn(page, 3);
    for (const width of [320, 390]) {
      await page.setViewportSize({ width, height: 844 });
      const boxes = await page.locator('.bar .control:visible').evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON()));
      assert.ok(boxes.length >= 6);
      for (const { left, right, width: own } of boxes) assert.ok(left >= 0 && right <= width && own >= 44, `${left} to ${right} of ${width}`);
    }
    await page.getByRole('button', { name: 'Information' }).tap();
    await page.getByRole('region', { name: 'Information' }).waitFor();
    await screenshot(page, 'lightbox-info-phone');
    assert.deepEqual(await faults(page), []);
    await page.keyboard.press('Escape');
  });

  it('plays a live photo while a finger rests on it', async () => {
    // The clip is on its way as long as the finger rests.
    await page.route('**/api/clip/**', () => undefined);
    await openIn(page, 1);
    await still(page);
    const session = await page.context().newCDPSession(page);
    const touch = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', { x: 190, y: 400 });
    await page.locator('.live[aria-pressed=true]').waitFor();
    await touch('touchEnd');
    await page.locator('.live[aria-pressed=false]').waitFor();
    assert.equal(await page.locator('.slide-active video').count(), 0);
    // It was no tap either.
    await page.waitForTimeout(500);
    assert.equal(await page.locator('.lightbox-quiet').count(), 0);
    await session.detach();
    await page.unroute('**/api/clip/**');
  });

  it('turns by a swipe that begins on the words or on an arrow, and does not press the arrow', async () => {
    await openIn(page, 8);
    const words = await boxOf(page, '.caption-name');
    await drag(page, { x: words.x + words.width - 10, y: words.y + 10 }, { x: 60, y: words.y + 12 });
    await shows(page, 9);
    await still(page);
    const arrow = await page.getByRole('button', { name: 'Next', exact: true }).boundingBox();
    await drag(page, { x: arrow.x + 20, y: arrow.y + 20 }, { x: arrow.x - 220, y: arrow.y + 24 });
    await shows(page, 10);
    await page.waitForTimeout(600);
    assert.equal(await at(page), 10);
    await page.getByRole('button', { name: 'Next', exact: true }).tap();
    await shows(page, 11);
    // A tap on the words closes nothing and hides nothing.
    await page.touchscreen.tap(words.x + 20, words.y + 10);
    await page.waitForTimeout(500);
    assert.equal(await page.locator('.lightbox-quiet').count(), 0);
    assert.equal(await viewer(page).isVisible(), true);
  });

  it('has no gap beside a picture that was zoomed before the phone was turned', async () => {
    await page.setViewportSize({ width: 844, height: 390 });
    await openIn(page, 0);
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('+');
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowDown');
    }
    await page.setViewportSize(PHONE.viewport);
    // It is larger than the stage in both directions.
    await page.waitForFunction(() => {
      const [frame, stage] = ['.slide-active .frame', '.stage'].map((name) => document.querySelector(name).getBoundingClientRect());
      const covers = (from, to) => frame[from] < stage[from] + 1 && frame[to] > stage[to] - 1;
      return innerWidth === 390 && covers('left', 'right') && covers('top', 'bottom');
    });
    await page.keyboard.press('0');
  });

  it('is swiped after the page was locked while a finger was on the picture', async () => {
    await openIn(page, 9);
    const session = await page.context().newCDPSession(page);
    const touch = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', { x: 190, y: 400 });
    server.welcomes = false;
    // What is asked for is refused.
    await page.keyboard.press('i');
    await page.getByLabel('Password', { exact: true }).waitFor();
    await touch('touchEnd');
    await session.detach();
    await comeBack(page);
    await still(page);
    await drag(page, { x: 300, y: 400 }, { x: 80, y: 410 });
    await shows(page, 10);
  });

  it('has its controls again at a film, where no tap would bring them back', async () => {
    await openIn(page, 3);
    await still(page);
    await page.touchscreen.tap(195, 400);
    await page.locator('.lightbox-quiet').waitFor();
    await drag(page, { x: 300, y: 400 }, { x: 80, y: 410 });
    await shows(page, 4);
    await still(page);
    assert.equal(await page.locator('.lightbox-quiet').count(), 0);
  });

  it('shows its controls at a tap while a slideshow has come to a film', async () => {
    // The film stays as long as its URL is on its way.
    await page.route('**/api/playback**', () => undefined);
    await openIn(page, 3);
    await page.getByRole('button', { name: 'Slideshow', exact: true }).tap();
    await page.locator('.show-bar select').selectOption({ label: '3 s' });
    await page.locator('.stage').focus();
    await shows(page, 4);
    await page.locator('.lightbox-quiet').waitFor();
    await page.touchscreen.tap(60, 250);
    await page.waitForTimeout(600);
    assert.equal(await page.locator('.lightbox-quiet').count(), 0);
    await page.getByRole('button', { name: 'Stop the slideshow' }).first().tap();
    await page.locator('.show-bar').waitFor({ state: 'detached' });
    await page.unroute('**/api/playback**');
  });
});

describe('the tools of the lightbox', () => {
  let visitor;
  let page;
  const tool = (name) => page.getByRole('button', { name, exact: true });
  const open = (number) => openIn(page, number);
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
  });
  after(() => visitor?.close());

  it('are all reached by Tab, in the order in which they stand', async () => {
    await open(3);
    const names = [];
    for (let press = 0; press < 10; press += 1) {
      await page.keyboard.press('Tab');
      names.push(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')));
    }
    const wanted = ['Add to favourites', 'Download 27 June 2024 at 03:00', 'Share', 'Slideshow', 'Information', 'Full screen', 'Close', 'Previous', 'Next'];
    assert.deepEqual(names.slice(0, 9), wanted);
  });

  it('mark a favourite, and take the mark away', async () => {
    await open(3);
    await page.keyboard.press('h');
    await tool('Remove from favourites').waitFor();
    assert.equal(await page.locator('.control-liked').count(), 1);
    await page.keyboard.press('ArrowRight');
    await tool('Add to favourites').waitFor();
    await page.keyboard.press('ArrowLeft');
    await tool('Remove from favourites').click();
    await tool('Add to favourites').waitFor();
  });

  it('tell what is known of an item, and where it was on a map', async () => {
    await open(3);
    await page.keyboard.press('i');
    const info = page.getByRole('region', { name: 'Information' });
    await info.getByText('-33.85681, 151.21513').waitFor();
    const rows = await info.locator('dl').evaluate((list) => [...list.children].map(({ textContent }) => textContent));
    assert.deepEqual(rows, [
      'Taken', '27 June 2024 at 03:00The file itself says so.', 'Camera', 'FUJIFILM X-T4', 'Lens', 'XF23mmF2 R WR',
      'Exposure', '23 mm, f/2, 1/250 s, ISO 200', 'Size', '3000 × 3000',
      'File size', '1 kB', 'File', 'IMG 00003.svg', 'Place', '-33.85681, 151.21513Show on OpenStreetMap',
    ]);
    const link = info.getByRole('link', { name: 'Show on OpenStreetMap' });
    assert.equal(await link.getAttribute('href'), 'https://www.openstreetmap.org/?mlat=-33.85681&mlon=151.21513#map=15/-33.85681/151.21513');
    assert.equal(await link.getAttribute('rel'), 'noreferrer');
    assert.equal(await tool('Information').getAttribute('aria-expanded'), 'true');
    assert.deepEqual(await faults(page), []);
    await screenshot(page, 'lightbox-info');
    const [frame, panel] = [await boxOf(page, '.slide-active .frame'), await info.boundingBox()];
    assert.ok(frame.x + frame.width <= panel.x, 'the panel lies on the picture');
    await page.keyboard.press('ArrowRight');
    await shows(page, 4);
    await info.getByText('IMG 00004').waitFor();
    assert.equal(await info.getByText('OpenStreetMap').count(), 0);
    assert.equal(await page.evaluate(() => performance.getEntriesByType('resource').some(({ name }) => name.includes('openstreetmap'))), false);
    await page.keyboard.press('Escape');
    await info.waitFor({ state: 'detached' });
    assert.equal(await viewer(page).isVisible(), true);
  });

  it('save the original, also where another origin sends it', async () => {
    await openIn(page, 0);
    const link = page.locator('.control-download');
    assert.equal(await link.getAttribute('href'), `${library[0].file}?download`);
    const [saved] = await Promise.all([page.waitForEvent('download'), link.click()]);
    assert.equal(saved.suggestedFilename(), library[0].name);
    await saved.delete();
  });

  it('fill the screen, and leave it', async () => {
    await open(3);
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement?.classList.contains('viewer'));
    await tool('Leave full screen').waitFor();
    assert.equal(await page.locator('.slide-active .frame').isVisible(), true);
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement === null);
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement !== null);
    await tool('Close').click();
    await viewer(page).waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.fullscreenElement === null);
  });

  it('copy the link where the browser shares no files, and say so', async () => {
    await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    await open(2);
    await page.evaluate(() => (navigator.canShare = undefined));
    await tool('Share').click();
    await page.getByText('The link was copied.').waitFor();
    await screenshot(page, 'lightbox-shared');
    assert.deepEqual(await faults(page), []);
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), linkTo(2).replace('IMG 0', 'IMG%200'));
  });

  it('share the picture for the screen where browser and link allow it', async () => {
    const shared = async (refusals) => {
      await page.evaluate((count) => {
        window.shared = [];
        navigator.canShare = ({ files }) => files[0].type === 'image/webp';
        let left = count;
        navigator.share = async ({ files, ...more }) => {
          left -= 1;
          if (left >= 0) throw new DOMException('', 'NotAllowedError');
          window.shared.push({ more, name: files[0].name, size: files[0].size });
        };
      }, refusals);
      await tool('Share').click();
      return page;
    };
    await open(2);
    const asked = [];
    page.on('request', (request) => /\/api\/(?:file|thumbnail)\//.test(request.url()) && asked.push(request.url()));
    await shared(0);
    await page.waitForFunction(() => window.shared.length === 1);
    const [{ more, name, size }] = await page.evaluate(() => window.shared);
    // An app that gets a text too may take only the text.
    assert.deepEqual(more, {});
    assert.match(name, /^IMG 00002\./);
    assert.ok(size > 100);
    assert.ok(asked.every((url) => url.includes('size=screen')), asked.join());
    // The click is too long ago when the picture comes: the next one shares it.
    await open(6);
    await shared(1);
    await page.getByText('Press Share once more').waitFor();
    await tool('Share').click();
    await page.waitForFunction(() => window.shared.length === 1);
  });

  /** A share sheet that stays open. */
  const sheet = () =>
    page.evaluate(() => {
      window.shared = [];
      window.refused = 0;
      navigator.canShare = () => true;
      navigator.share = async ({ files }) => {
        if (window.shared.length > 0) {
          window.refused += 1;
          throw new DOMException('A sheet is open.', 'InvalidStateError');
        }
        window.shared.push(files[0].name.replace(/\..*/, ''));
        await new Promise(() => undefined);
      };
    });
  /** Holds what a script, and no image, asks for. */
  const hold = async (pattern) => {
    const held = [];
    await page.route(pattern, (route) => (route.request().resourceType() === 'fetch' ? void held.push(route) : route.continue()));
    return held;
  };

  it('share no picture that was left meanwhile, and have it ready for who comes back', async () => {
    const pattern = /00002\.svg\?size=screen/;
    await open(2);
    await sheet();
    const held = await hold(pattern);
    await tool('Share').click();
    await until(page, () => held.length === 1);
    await page.keyboard.press('ArrowRight');
    await shows(page, 3);
    const come = page.waitForEvent('requestfinished', (request) => pattern.test(request.url()) && request.resourceType() === 'fetch');
    await held[0].continue();
    await come;
    await page.waitForTimeout(300);
    assert.deepEqual(await page.evaluate(() => window.shared), []);
    await page.keyboard.press('ArrowLeft');
    await shows(page, 2);
    await tool('Share').click();
    await page.waitForFunction(() => window.shared.length > 0);
    assert.deepEqual(await page.evaluate(() => window.shared), ['IMG 00002']);
    assert.equal(held.length, 1);
    await page.unroute(pattern);
  });

  it('share once at two quick clicks, and copy no link while a sheet is open', async () => {
    const pattern = /00005\.svg\?size=screen/;
    await open(5);
    await sheet();
    const held = await hold(pattern);
    await tool('Share').click();
    await tool('Share').click();
    await until(page, () => held.length > 0);
    for (const route of held) await route.continue();
    await page.waitForFunction(() => window.shared.length > 0);
    await page.keyboard.press('ArrowRight');
    await shows(page, 6);
    await tool('Share').click();
    await page.waitForFunction(() => window.refused > 0);
    await page.waitForTimeout(300);
    assert.equal(await page.locator('.said').textContent(), '');
    assert.deepEqual(await page.evaluate(() => [window.shared, window.refused]), [['IMG 00005'], 1]);
    assert.equal(held.length, 1);
    await page.unroute(pattern);
  });

  it('load the picture of the next item before one goes there, and not its original', async () => {
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    await open(11);
    await page.waitForFunction(() => [...document.querySelectorAll('.slide:not(.slide-active) img')].filter(({ src }) => src.includes('size=screen')).length === 2);
    for (const number of [10, 12]) {
      assert.equal(asked.some((url) => url.includes(`000${number}`) && url.includes('size=screen')), true);
      assert.equal(asked.some((url) => url.includes(`000${number}`) && url.includes('/api/file/')), false);
    }
    const next = await page.locator('.slide:not(.slide-active) img').evaluateAll((all) => all.map(({ complete, src }) => complete && /size=screen/.test(src)));
    assert.deepEqual(next, [true, true]);
  });

  it('load nothing more of what was passed', async () => {
    const ended = [];
    page.on('requestfailed', (request) => ended.push(request.url()));
    const pictures = '**/api/thumbnail/**';
    await open(19);
    await page.route(pictures, () => undefined);
    for (let press = 0; press < 4; press += 1) await page.keyboard.press('ArrowRight');
    await shows(page, 23);
    const passed = (number) => ended.some((url) => url.includes(`IMG%20000${number}.`));
    for (let wait = 0; wait < 20 && !passed(21); wait += 1) await page.waitForTimeout(100);
    assert.deepEqual([21, 23].map(passed), [true, false], ended.join(' '));
    await page.unroute(pictures);
  });

  it('left no error on the console and broke no policy', () => {
    assert.deepEqual(visitor.seen.errors.filter((text) => !/status of (?:401|404)/.test(text)), []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});

describe('a slideshow', () => {
  let visitor;
  let page;
  const tool = (name) => page.getByRole('button', { name, exact: true });
  const open = (number) => openIn(page, number);
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.addInitScript(() => {
      window.locks = [];
      if (!navigator.wakeLock) return;
      navigator.wakeLock.request = async (kind) => {
        const lock = { kind, released: false, release: async () => void (lock.released = true) };
        window.locks.push(lock);
        return lock;
      };
    });
    await page.goto(server.url);
    await logIn(page);
    await page.clock.install();
  });
  after(() => visitor?.close());

  it('goes through the view as a slideshow, keeps the screen on, and stops when one goes on by hand', async () => {
    await open(0);
    await page.keyboard.press(' ');
    await page.locator('.show-bar').waitFor();
    assert.deepEqual(await page.evaluate(() => window.locks.map(({ kind, released }) => [kind, released])), [['screen', false]]);
    assert.equal(await page.locator('.caption').getAttribute('aria-live'), 'off');
    await screenshot(page, 'lightbox-slideshow');
    assert.deepEqual(await faults(page), []);
    await page.locator('.show-bar select').selectOption({ label: '3 s' });
    await page.clock.runFor(2500);
    assert.equal(await at(page), 0);
    await page.clock.runFor(1000);
    await shows(page, 1);
    // One makes room for the other in the same place.
    assert.ok((await page.evaluate(() => document.querySelectorAll('.slide').length)) >= 2);
    await page.locator('.stage').focus();
    await page.clock.runFor(3500);
    await shows(page, 2);
    await page.clock.runFor(3500);
    await shows(page, 3);
    assert.equal(await page.locator('.lightbox-quiet').count(), 1);
    await page.keyboard.press('ArrowLeft');
    await shows(page, 2);
    await page.locator('.show-bar').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => window.locks.every(({ released }) => released)), true);
    await page.clock.runFor(20_000);
    assert.equal(await at(page), 2);
    assert.equal(await page.locator('.lightbox-quiet').count(), 0);
  });

  it('plays a film without sound, and goes on when it does not play', async () => {
    await open(3);
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor();
    await page.clock.runFor(3500);
    await shows(page, 4);
    await page.locator('.slide-active video, .slide-active .failure').first().waitFor({ state: 'attached' });
    assert.equal(await page.evaluate(() => [...document.querySelectorAll('.slide-active video')].every(({ muted }) => muted)), true);
    for (let wait = 0; wait < 12 && (await at(page)) === 4; wait += 1) await page.clock.runFor(1000);
    await shows(page, 5);
    await page.keyboard.press('Escape');
    await page.locator('.show-bar').waitFor({ state: 'detached' });
    assert.equal(await viewer(page).isVisible(), true);
  });

  it('leaves a film that the browser refuses to play', async () => {
    // The film would play as soon as its playlist has come.
    await page.route('**/api/hls/**', () => undefined);
    await open(3);
    await page.evaluate(() => {
      HTMLMediaElement.prototype.play = async () => {
        window.refused = true;
        throw new DOMException('The phone saves power.', 'NotAllowedError');
      };
    });
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor();
    for (let wait = 0; wait < 10 && (await at(page)) === 3; wait += 1) await page.clock.runFor(1000);
    await shows(page, 4);
    await page.waitForFunction(() => window.refused);
    for (let wait = 0; wait < 5 && (await at(page)) === 4; wait += 1) await page.clock.runFor(1000);
    assert.equal(await at(page), 5);
    await page.keyboard.press('Escape');
    await page.locator('.show-bar').waitFor({ state: 'detached' });
    await page.unroute('**/api/hls/**');
  });

  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);

  it('goes on when the library changes', async () => {
    await open(5);
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor();
    await hide(true);
    await page.clock.runFor(61_000);
    server.change([{ ...library[0], key: '2024/NEW 00099.svg' }, ...library]);
    await hide(false);
    await page.locator('.caption').getByText(`7 of ${COUNT + 1}`).waitFor();
    assert.equal(await page.locator('.show-bar').count(), 1);
    for (let wait = 0; wait < 8 && (await at(page)) === 5; wait += 1) await page.clock.runFor(1000);
    await shows(page, 6);
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor({ state: 'detached' });
    server.change(library);
  });

  it('pauses while nobody sees it', async () => {
    await open(5);
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor();
    await hide(true);
    await page.clock.runFor(30_000);
    assert.equal(await at(page), 5);
    await hide(false);
    await page.clock.runFor(3500);
    await shows(page, 6);
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor({ state: 'detached' });
  });

  it('goes on when one comes back to a film that had ended while the next picture was on its way', async () => {
    const pattern = /IMG%2000005\.svg\?size=screen/;
    const held = [];
    await page.route(pattern, (route) => void held.push(route));
    await open(3);
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor();
    for (let wait = 0; wait < 10 && (await at(page)) === 3; wait += 1) await page.clock.runFor(1000);
    await shows(page, 4);
    // The film does not play, which is its end.
    const failed = page.locator('.slide-active .failure');
    for (let wait = 0; wait < 30 && !(await failed.isVisible()); wait += 1) await page.clock.runFor(500);
    await page.clock.runFor(2500);
    assert.equal(await at(page), 4);
    await hide(true);
    await page.clock.runFor(3000);
    await hide(false);
    for (const route of held) await route.continue();
    for (let wait = 0; wait < 8 && (await at(page)) === 4; wait += 1) await page.clock.runFor(1000);
    await shows(page, 5);
    await page.keyboard.press('s');
    await page.locator('.show-bar').waitFor({ state: 'detached' });
    await page.unroute(pattern);
  });

  it('goes in a mixed order', async () => {
    await open(5);
    await page.keyboard.press('s');
    await tool('Shuffled').click();
    assert.equal(await tool('Shuffled').getAttribute('aria-pressed'), 'true');
    const seen = [5];
    for (let turn = 0; turn < 3; turn += 1) {
      const before = await at(page);
      for (let wait = 0; wait < 12 && (await at(page)) === before; wait += 1) await page.clock.runFor(3000);
      seen.push(await at(page));
    }
    assert.equal(new Set(seen).size, 4, seen.join());
    assert.notDeepEqual(seen, [5, 6, 7, 8]);
    await tool('Shuffled').click();
    await page.getByRole('button', { name: 'Stop the slideshow' }).first().click();
  });
});

describe('a film that the page may not read', () => {
  let visitor;
  let page;
  let store;
  const film = library.findIndex(({ type }) => type === 'video');
  const master = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=640x360\n';
  const segments = (origin) => `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:4,\n${origin}/1.ts\n#EXTINF:4,\n${origin}/2.ts\n#EXT-X-ENDLIST\n`;
  /** Where the film's playlists are: here, or on another origin as the store's. */
  let playlists = '';
  before(async () => {
    // It answers, and does not allow the page to read its answers.
    store = createServer((request, response) => {
      const body = request.url.endsWith('.m3u8') ? segments('') : 'bytes';
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body);
    });
    await new Promise((ready) => store.listen(0, '127.0.0.1', ready));
    const origin = `http://127.0.0.1:${store.address().port}`;
    server.intercept = (path, response) => {
      const text = { '/api/hls/master': `${master}/api/hls/media\n`, '/api/hls/media': segments(origin) }[path];
      if (path === '/api/playback') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: playlists || '/api/hls/master', expires: null }));
      else if (text) response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end(text);
      else return false;
      return true;
    };
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
  });
  after(async () => {
    server.intercept = () => false;
    store.close();
    await visitor?.close();
  });
  const said = async () => {
    await page.goto('about:blank');
    await page.goto(linkTo(film));
    const began = Date.now();
    await page.locator('.slide-active .failure').waitFor();
    return { took: Date.now() - began, text: await page.locator('.slide-active .failure').textContent() };
  };

  it('says at once that the rules of the store forbid its segments', async () => {
    const { took, text } = await said();
    assert.match(text, /CORS rules of the bucket/);
    assert.ok(took < 4000, `${took} ms`);
    assert.deepEqual(await faults(page), []);
    await screenshot(page, 'lightbox-film-forbidden');
  });

  it('says at once that another origin forbids its playlists', async () => {
    playlists = `http://127.0.0.1:${store.address().port}/master.m3u8`;
    const { took, text } = await said();
    assert.match(text, /ALLOWED_ORIGINS/);
    assert.doesNotMatch(text, /connection/);
    assert.ok(took < 4000, `${took} ms`);
  });

  it('speaks of the connection where nothing answers', async () => {
    playlists = 'http://127.0.0.1:9/master.m3u8';
    const { took, text } = await said();
    assert.match(text, /connection/);
    assert.ok(took < 6000, `${took} ms`);
  });
});

describe('a browser as old as Safari 15', () => {
  let visitor;
  let page;
  /** Leaves out of a style sheet what such a browser does not know. */
  const old = (css) => css.replaceAll(/\d+cq[wh]/g, '1unknown').replaceAll(':has(', ':unknown(').replaceAll('overflow:clip', 'overflow:unknown');
  before(async () => {
    visitor = await visit(PHONE);
    page = visitor.page;
    await page.route('**/*.css', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: old(await response.text()) });
    });
    await page.addInitScript(() => {
      const { supports } = CSS;
      CSS.supports = (...of) => !/cq[wh]|:has/.test(of.join()) && supports.apply(CSS, of);
      for (const name of ['at', 'findLast', 'toSorted', 'findLastIndex']) delete Array.prototype[name];
      delete Object.hasOwn;
      delete AbortSignal.timeout;
      delete window.structuredClone;
      delete HTMLElement.prototype.inert;
      for (const name of ['showModal', 'close', 'show', 'open']) delete HTMLDialogElement.prototype[name];
      delete Document.prototype.adoptedStyleSheets;
      delete Document.prototype.startViewTransition;
      delete window.CSSStyleSheet;
      for (const name of ['navigation', 'ManagedMediaSource', 'scheduler']) delete window[name];
    });
    await page.goto(server.url);
    await logIn(page);
  });
  after(() => visitor?.close());

  it('shows a picture as large as there is room, also when the screen turns', async () => {
    await openIn(page, 0);
    await page.waitForFunction(() => document.querySelector('.slide-active .frame')?.getBoundingClientRect().width > 0);
    const box = await boxOf(page, '.slide-active .frame');
    assert.ok(Math.abs(box.width - 390) < 1 && Math.abs(box.height - 292.5) < 1, JSON.stringify(box));
    await page.setViewportSize({ width: 844, height: 390 });
    await page.waitForTimeout(300);
    const wide = await boxOf(page, '.slide-active .frame');
    assert.ok(Math.abs(wide.height - 390) < 1 && Math.abs(wide.width - 520) < 1, JSON.stringify(wide));
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(300);
    await screenshot(page, 'lightbox-old');
  });

  it('turns, zooms and closes, and the page behind stands still meanwhile', async () => {
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).overflowY), 'hidden');
    await drag(page, { x: 300, y: 400 }, { x: 80, y: 410 });
    await shows(page, 1);
    await still(page);
    const whole = await boxOf(page, '.slide-active .frame');
    await page.touchscreen.tap(195, 380);
    await page.touchscreen.tap(195, 380);
    await page.waitForTimeout(500);
    assert.ok((await boxOf(page, '.slide-active .frame')).width > whole.width * 2);
    await page.keyboard.press('0');
    await page.getByRole('button', { name: 'Close' }).tap();
    await viewer(page).waitFor({ state: 'hidden' });
    await gridShown(page);
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.documentElement).overflowY), 'hidden');
  });

  it('opens the dialog of downloads in its colours, and closes it', async () => {
    await page.getByRole('banner').getByRole('button', { name: 'Download' }).tap();
    const dialog = page.locator('.download');
    await dialog.waitFor();
    assert.equal(await dialog.evaluate((element) => getComputedStyle(element).borderRadius), '20px');
    const box = await dialog.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y > 50 && box.y + box.height < 844, JSON.stringify(box));
    await dialog.getByRole('button', { name: 'Close' }).tap();
    await dialog.waitFor({ state: 'detached' });
  });

  it('left no error on the console', () => {
    assert.deepEqual(visitor.seen.errors.filter((text) => !/status of (?:401|404)/.test(text)), []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});

describe('the way to the lightbox', () => {
  let visitor;
  let page;
  /** The requests for its script, and what becomes of the next ones. */
  let came = [];
  let answer = (route) => route.continue();
  before(async () => {
    visitor = await visit({ ...DESKTOP, reducedMotion: 'reduce' });
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
    await visitor.context.route(/\/lightbox-[^/]*\.js$/, (route) => {
      came.push(route.request().url());
      return answer(route);
    });
  });
  after(() => visitor?.close());
  const begin = async (then) => {
    [came, answer] = [[], then];
    await page.goto('about:blank');
  };

  it('is loaded after the pictures were asked for, and before anybody asks for it', async () => {
    const order = [];
    const note = (request) => order.push(new URL(request.url()).pathname);
    page.on('request', note);
    await begin((route) => route.continue());
    await page.goto(server.url);
    await gridShown(page);
    await page.waitForFunction(() => document.querySelector('dialog.lightbox'));
    page.off('request', note);
    const script = order.findIndex((path) => /\/lightbox-/.test(path));
    const picture = order.findIndex((path) => path.startsWith('/api/thumbnail/'));
    assert.ok(picture >= 0 && picture < script, order.join(' '));
    assert.equal(came.length, 1);
  });

  it('opens an item that was pressed before it came, and nothing after the viewer has gone back', async () => {
    const held = [];
    await begin((route) => void held.push(route));
    await page.goto(server.url);
    await page.locator('.tile-loaded').nth(2).click();
    await page.locator('.veil .loading').waitFor();
    await page.goBack();
    await page.locator('.veil').waitFor({ state: 'hidden' });
    await page.locator('.tile-loaded').nth(4).click();
    await page.locator('.veil .loading').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.veil').waitFor({ state: 'hidden' });
    await page.waitForFunction(() => !location.hash.startsWith('#/m/'));
    await page.locator('.tile-loaded').nth(3).click();
    await page.locator('.veil .loading').waitFor();
    for (const route of held.splice(0)) await route.continue();
    await page.locator('.slide-active.slide-shown').waitFor();
    await shows(page, 3);
    assert.equal(await page.locator('.veil').isVisible(), false);
    await page.keyboard.press('Escape');
    await viewer(page).waitFor({ state: 'hidden' });
    assert.deepEqual(await page.evaluate(() => window.layoutShifts), []);
  });

  it('opens a film during the tap, because an iPhone plays it only then', async () => {
    await begin((route) => route.continue());
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    await page.goto(server.url);
    await gridShown(page);
    await page.waitForFunction(() => document.querySelector('dialog.lightbox'));
    const pressed = (selector) =>
      page.locator(selector).first().evaluate((tile) => (tile.click(), document.querySelector('dialog.lightbox').open));
    assert.equal(await pressed('.tile-film'), true);
    await page.keyboard.press('Escape');
    await viewer(page).waitFor({ state: 'hidden' });
    // Where nothing has to play, a transition comes first.
    assert.equal(await pressed('.tile-loaded:not(.tile-film)'), false);
    await page.locator('.slide-active.slide-shown').waitFor();
    await page.keyboard.press('Escape');
    await viewer(page).waitFor({ state: 'hidden' });
    await page.emulateMedia({ reducedMotion: 'reduce' });
  });

  it('leads there and back where the browser takes no more entries of the history', async () => {
    await begin((route) => route.continue());
    await page.goto(server.url);
    await gridShown(page);
    await page.evaluate(() => {
      for (const name of ['pushState', 'replaceState']) {
        history[name] = () => {
          throw new DOMException('100 times per 30 seconds', 'SecurityError');
        };
      }
    });
    for (const number of [2, 3]) {
      await page.locator('.tile-loaded').nth(number).click();
      await page.locator('.slide-active.slide-shown').waitFor();
      await shows(page, number);
      await page.getByRole('button', { name: 'Close' }).click();
      await viewer(page).waitFor({ state: 'hidden' });
      assert.equal(await page.evaluate(() => location.hash), '#/');
    }
  });

  it('says that it did not come, and opens the item when it is tried again', async () => {
    await begin((route) => route.abort());
    await page.goto(linkTo(5));
    const notice = page.locator('.veil').getByRole('alert');
    await notice.getByText('could not be opened').waitFor();
    await screenshot(page, 'lightbox not loaded');
    answer = (route) => route.continue();
    await notice.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.slide-active.slide-shown').waitFor();
    await shows(page, 5);
  });

  it('leads from what did not come to the gallery', async () => {
    await begin((route) => route.abort());
    await page.goto(linkTo(5));
    await page.locator('.veil').getByRole('button', { name: 'To the gallery' }).click();
    await gridShown(page);
    assert.equal(await page.locator('.veil').isVisible(), false);
  });
});
