/**
 * The page over a large library, and over one that changes and fails: against a mock of the API, with the built page
 * (`npm run build`). Optionally CHROMIUM and SCREENSHOTS=DIR.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { items, mock } from './mock.mjs';

const COUNT = 10_000;
/** The first block ends here. */
const BORDER = 24;
/** No window needs more tiles than this. */
const MOST_TILES = 250;
/** A photo some windows below the top of the grid. */
const LAST = 41;

const all = items(COUNT);
const server = await mock(COUNT, { title: 'Anna & Ben' });
Object.assign(process.env, { GALLERY_URL: server.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: server.url });
const { DESKTOP, PHONE, gridShown, logIn, screenshot, visit } = await import('./visit.mjs');
after(() => server.close());

const TIMELINE = '/api/timeline';
const isBlock = (path) => path.startsWith('/api/blocks/');
const asked = () => server.asked.splice(0);
const keyOf = (number) => all[number].key;
const linkTo = (number) => `${server.url}/#/m/${keyOf(number).replace(' ', '%20')}`;
const measured = (page) =>
  page.evaluate(() => ({
    height: document.documentElement.scrollHeight,
    tiles: document.querySelectorAll('.tile').length,
    scroll: scrollY,
    shift: window.layoutShift,
  }));
const shownName = (page, name) =>
  page.waitForFunction((wanted) => {
    const label = document.querySelector('.caption-name')?.textContent;
    return label && document.querySelector('.slide-active') && decodeURIComponent(location.hash).endsWith(wanted);
  }, name);
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('data-key'));
/** The number of the item at the top of the window, and its y. */
const topItem = (page) =>
  page.evaluate(() => {
    const tile = [...document.querySelectorAll('.tile')].find((each) => each.getBoundingClientRect().bottom > 0);
    return { number: Number(/\d{5}/.exec(tile.dataset.key)?.[0]), top: tile.getBoundingClientRect().top };
  });

for (const [device, options] of [['a desktop', DESKTOP], ['a phone', PHONE]]) {
  describe(`ten thousand items on ${device}`, () => {
    let visitor;
    let page;
    before(async () => {
      visitor = await visit(options);
      page = visitor.page;
      await page.goto(server.url);
    });
    after(() => visitor?.close());

    it('asks only for the timeline before the login', async () => {
      await page.getByLabel('Password', { exact: true }).waitFor();
      assert.deepEqual(asked(), [TIMELINE]);
      assert.equal(await page.title(), 'Edge Gallery');
    });

    it('shows the first pictures after two requests', async () => {
      const order = [];
      page.on('request', (request) => order.push(new URL(request.url()).pathname));
      await logIn(page);
      const first = order.findIndex((path) => path.startsWith('/api/thumbnail/'));
      const before = order.slice(0, first).filter((path) => path.startsWith('/api/'));
      assert.equal(before.length, 2, before.join(' '));
      assert.equal(before[0], '/api/timeline');
      assert.ok(isBlock(before[1]));
      assert.equal(await page.title(), 'Anna & Ben');
      assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Anna & Ben');
      await screenshot(page, `large ${device}`);
      asked();
    });

    it('comes back with one request', async () => {
      await page.reload();
      await gridShown(page);
      assert.deepEqual(asked(), [TIMELINE]);
    });

    it('asks while its script is on its way, and for nothing twice', async () => {
      let go;
      const held = new Promise((resolve) => (go = resolve));
      const script = /\/assets\/main-[^/]*\.js$/;
      await page.route(script, async (route) => (await held, route.continue()));
      const session = await visitor.context.newCDPSession(page);
      await session.send('Network.clearBrowserCache');
      await page.reload({ waitUntil: 'commit' });
      while (server.asked.length < 2) await page.waitForTimeout(20);
      assert.deepEqual(server.asked.map((path) => isBlock(path) || path), [TIMELINE, true]);
      go();
      await gridShown(page);
      const paths = asked();
      assert.deepEqual(paths, [...new Set(paths)]);
      await page.unroute(script);
    });

    it('has the whole height at once, and reads only what is seen', async () => {
      const before = await measured(page);
      for (const part of [1, 0.5, 0.1]) {
        await page.evaluate((at) => scrollTo(0, document.documentElement.scrollHeight * at), part);
        await gridShown(page);
        const here = await measured(page);
        assert.equal(here.height, before.height);
        assert.ok(here.tiles > 10 && here.tiles < MOST_TILES, `${here.tiles} tiles`);
        const paths = asked();
        assert.ok(paths.length > 0 && paths.length <= 3 && paths.every(isBlock), paths.join(' '));
      }
      const { shift } = await measured(page);
      assert.equal(shift, 0);
    });

    it('reads little on a ride through the whole grid', async () => {
      await page.evaluate(() => scrollTo(0, 0));
      await page.waitForTimeout(300);
      asked();
      await page.evaluate(async () => {
        const end = document.documentElement.scrollHeight;
        for (let step = 1; step <= 40; step += 1) {
          scrollTo(0, (end * step) / 40);
          await new Promise(requestAnimationFrame);
        }
      });
      await gridShown(page);
      const read = asked().filter(isBlock).length;
      assert.ok(read <= 12, `${read} blocks`);
      assert.equal((await measured(page)).shift, 0);
    });

    it('left no error on the console and broke no policy', () => {
      assert.deepEqual(visitor.seen.errors.filter((text) => !text.includes('status of 401')), []);
      assert.deepEqual(visitor.seen.violations, []);
    });
  });
}

describe('a link to the oldest item', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
    asked();
  });
  after(() => visitor?.close());

  it('needs three requests, and leads back to its place in the grid', async () => {
    await page.goto('about:blank');
    await page.goto(linkTo(COUNT - 1));
    await shownName(page, keyOf(COUNT - 1).slice(5));
    await page.waitForTimeout(500);
    const paths = asked();
    assert.equal(paths.length, 3, paths.join(' '));
    assert.equal(await page.getByRole('button', { name: 'Next' }).isDisabled(), true);
    await page.keyboard.press('ArrowLeft');
    await shownName(page, keyOf(COUNT - 2).slice(5));
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    await gridShown(page);
    assert.equal(await focused(page), keyOf(COUNT - 2));
  });

  it('goes on across the border of a block, to the end and to the beginning', async () => {
    await page.goto(linkTo(BORDER - 2));
    for (let number = BORDER - 2; number < BORDER + 3; number += 1) {
      await shownName(page, keyOf(number).slice(5));
      await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('Home');
    await shownName(page, keyOf(0).slice(5));
    await page.keyboard.press('End');
    await shownName(page, keyOf(COUNT - 1).slice(5));
    await page.goto(linkTo(5000));
    await shownName(page, keyOf(5000).slice(5));
    asked();
    for (let number = 5001; number <= 5090; number += 1) await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(500);
    const name = await page.evaluate(() => decodeURIComponent(location.hash).split('/').at(-1));
    // Turning never waits. A key at the border of a block that has not come yet is lost, and the next one counts.
    const reached = Number(/\d+/.exec(name));
    assert.ok(reached > 5001, name);
    await page.keyboard.press('ArrowRight');
    await shownName(page, keyOf(reached + 1).slice(5));
    await page.goBack();
  });

  it('closes at the place of the item that was looked at last, and stays there through a reload', async () => {
    await page.goto(server.url);
    await gridShown(page);
    await page.locator('.tile-loaded').first().click();
    await page.locator('.slide-active').waitFor();
    for (let number = 1; number <= LAST; number += 1) {
      await page.keyboard.press('ArrowRight');
      await shownName(page, keyOf(number).slice(5));
    }
    await page.goBack();
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    await gridShown(page);
    assert.equal(await focused(page), keyOf(LAST));
    const { scroll } = await measured(page);
    assert.ok(scroll > 1000, String(scroll));
    await page.waitForTimeout(600);
    asked();
    await page.reload();
    await gridShown(page);
    assert.equal((await measured(page)).scroll, scroll);
    assert.equal(await page.locator(`[data-key="${keyOf(LAST)}"]`).isVisible(), true);
    assert.deepEqual(asked(), [TIMELINE]);
    await page.evaluate(() => scrollTo(0, 0));
  });

  it('says when there is no such item', async () => {
    await page.goto(`${server.url}/#/m/none.jpg`);
    await page.getByText('no longer in the gallery').waitFor();
    await page.getByRole('button', { name: 'To the gallery' }).click();
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    await gridShown(page);
  });

  it('is walked with the arrow keys, far down, and after the window has gone elsewhere', async () => {
    await page.evaluate(() => scrollTo(0, 0));
    await gridShown(page);
    await page.locator('.tile').first().focus();
    for (let press = 0; press < 60; press += 1) await page.keyboard.press('ArrowDown');
    await gridShown(page);
    const before = await page.evaluate(() => {
      const { top, bottom } = document.activeElement.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
    assert.ok(before);
    const key = await focused(page);
    assert.ok(Number(/IMG (\d+)/.exec(key)[1]) > 150, key);
    await page.mouse.wheel(0, 40_000);
    await page.waitForTimeout(500);
    assert.equal(await focused(page), key);
    await page.keyboard.press('ArrowRight');
    await gridShown(page);
    assert.equal(Number(/IMG (\d+)/.exec(await focused(page))[1]), Number(/IMG (\d+)/.exec(key)[1]) + 1);
  });

  it('keeps its place when the window gets another width', async () => {
    await page.evaluate(() => (document.activeElement.blur(), scrollTo(0, 300_000)));
    await gridShown(page);
    const before = await topItem(page);
    await page.setViewportSize({ width: 700, height: 900 });
    await page.waitForTimeout(300);
    const after_ = await topItem(page);
    await page.setViewportSize(DESKTOP.viewport);
    assert.ok(Math.abs(after_.number - before.number) <= 4, `${before.number} ${after_.number}`);
  });

  it('shows photos alone, and films alone', async () => {
    for (const [name, view] of [['Films', 'films'], ['Photos', 'photos']]) {
      asked();
      await page.getByRole('link', { name }).click();
      await gridShown(page);
      const paths = asked();
      assert.equal(paths[0], view === 'everything' ? '/api/timeline' : `/api/timeline?view=${view}`);
      // The item at the top of the window is looked for, and the view begins there.
      assert.ok(paths.slice(1).every((path) => path.startsWith(`/api/blocks/${view}.`) || path.startsWith('/api/media/')), paths.join(' '));
      assert.equal((await page.locator('.tile-film').count()) > 0, view === 'films');
    }
    await page.getByRole('link', { name: 'All' }).click();
    await gridShown(page);
  });
});

describe('a library that fails and changes', () => {
  let visitor;
  let page;
  const to = (part) => page.evaluate((at) => scrollTo(0, document.documentElement.scrollHeight * at), part);
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
  });
  afterEach(() => {
    server.intercept = () => false;
  });
  after(() => visitor?.close());

  it('says that it tries again, and recovers', async () => {
    server.intercept = (path, response) => {
      if (!isBlock(path)) return false;
      response.writeHead(503, { 'content-type': 'application/problem+json' }).end('{"detail":"The store is down."}');
      return true;
    };
    asked();
    await to(0.3);
    await page.getByText('The store is down. Trying again.').waitFor();
    await screenshot(page, 'trouble');
    const tries = asked().length;
    assert.ok(tries <= 9, `${tries} tries`);
    server.intercept = () => false;
    await gridShown(page);
    assert.equal(await page.locator('.trouble').textContent(), '');
  });

  it('recovers when the network is there again', async () => {
    await visitor.context.setOffline(true);
    await to(0.6);
    await page.getByText('cannot be reached').waitFor();
    await page.waitForTimeout(3000);
    await visitor.context.setOffline(false);
    await page.locator('.tile-loaded').first().waitFor({ timeout: 2000 });
    await gridShown(page);
  });

  it('reads the timeline again when a block is gone, and stays where it is', async () => {
    await gridShown(page);
    const before = await topItem(page);
    // Also a block far below gets another name.
    const changed = all.map((item, number) => (number > before.number + 60 ? { ...item, size: 1 } : item));
    server.change([...all.slice(0, 300).map((item) => ({ ...item, key: item.key.replace('IMG', 'NEW') })), ...changed]);
    asked();
    const paths = [];
    const down = async (step) => {
      await page.mouse.wheel(0, step);
      await page.waitForTimeout(150);
      paths.push(...asked());
    };
    let steps = 0;
    for (; !paths.includes(TIMELINE) && steps < 40; steps += 1) await down(400);
    await page.waitForFunction(() => !document.querySelector('.tile-waiting'));
    paths.push(...asked());
    assert.equal(paths.filter((path) => path === TIMELINE).length, 1, paths.join(' '));
    for (; steps > 0; steps -= 1) await down(-400);
    await gridShown(page);
    const after_ = await topItem(page);
    assert.ok(Math.abs(after_.number - before.number) <= 8, `${before.number} ${after_.number}`);
    server.change(all);
  });

  it('keeps the item that is looked at when the library changes', async () => {
    await page.goto(linkTo(10));
    await page.reload();
    await shownName(page, keyOf(10).slice(5));
    await page.waitForTimeout(300);
    await page.keyboard.press('+');
    const frame = page.locator('.slide-active .frame');
    const zoomed = await frame.evaluate((element) => ((element.same = true), element.style.transform));
    assert.match(zoomed, /scale/);
    const added = all.slice(0, 300).map((item) => ({ ...item, key: item.key.replace('IMG', 'NEW') }));
    server.change([...added, ...all.map((item, number) => (number > 9000 ? { ...item, size: 1 } : item))]);
    asked();
    await page.keyboard.press('End');
    await page.waitForTimeout(500);
    assert.ok(asked().includes(TIMELINE));
    await shownName(page, keyOf(10).slice(5));
    await page.locator('.caption').getByText('311 of 10,300').waitFor();
    assert.deepEqual(await frame.evaluate(({ same, style }) => [same, style.transform]), [true, zoomed]);
    await page.keyboard.press('0');
    await page.keyboard.press('ArrowRight');
    await shownName(page, keyOf(11).slice(5));
    await page.keyboard.press('End');
    await shownName(page, keyOf(COUNT - 1).slice(5));
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    await gridShown(page);
    assert.equal(await focused(page), keyOf(COUNT - 1));
    server.change(all);
  });

  it('keeps the item that is looked at when the request for its new place is lost', async () => {
    await page.goto(linkTo(10));
    await page.reload();
    await shownName(page, keyOf(10).slice(5));
    await page.waitForTimeout(300);
    const frame = page.locator('.slide-active .frame');
    await frame.evaluate((element) => (element.same = true));
    let lost = 0;
    await page.route('**/api/media/**', (route) => ((lost += 1) === 1 ? route.abort() : route.continue()));
    const changed = all.map((item, number) => (number > 9000 ? { ...item, size: 1 } : item));
    server.change([{ ...all[0], key: all[0].key.replace('IMG', 'NEW') }, ...changed]);
    await page.keyboard.press('End');
    await page.locator('.caption').getByText('12 of 10,001').waitFor();
    assert.equal(lost, 2);
    assert.equal(await frame.evaluate(({ same }) => same), true);
    await page.unroute('**/api/media/**');
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    server.change(all);
  });

  it('stays in the view of the item that is looked at when the library changes', async () => {
    await page.goto(`${server.url}/#/photos`);
    await page.reload();
    await gridShown(page);
    await page.locator(`[data-key="${keyOf(10)}"]`).click();
    await shownName(page, keyOf(10).slice(5));
    const added = all.slice(0, 300).map((item) => ({ ...item, key: item.key.replace('IMG', 'NEW') }));
    const after_ = [...added, ...all.map((item, number) => (number > 9000 ? { ...item, size: 1 } : item))];
    server.change(after_);
    await page.keyboard.press('End');
    const photos = after_.filter(({ type }) => type === 'image');
    const place = `${photos.findIndex(({ key }) => key === keyOf(10)) + 1} of ${photos.length.toLocaleString('en-GB')}`;
    await page.locator('.caption').getByText(place).waitFor();
    await shownName(page, keyOf(10).slice(5));
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    assert.equal(await page.locator('.view[aria-current]').first().textContent(), 'Photos');
    server.change(all);
    await page.getByRole('link', { name: 'All' }).click();
    await gridShown(page);
  });

  it('asks for the password when the session has ended, then goes on there', async () => {
    await page.reload();
    await gridShown(page);
    await to(0.8);
    await gridShown(page);
    await visitor.context.clearCookies();
    await to(0.2);
    await page.getByLabel('Password', { exact: true }).waitFor();
    assert.equal(await page.title(), 'Edge Gallery');
    asked();
    await page.waitForTimeout(2500);
    assert.deepEqual(asked(), []);
    await logIn(page);
    const { height, scroll } = await measured(page);
    assert.ok(Math.abs(scroll / height - 0.2) < 0.01, `${scroll} of ${height}`);
    await page.evaluate(() => scrollTo(0, 0));
  });

  it('asks for the URL of a film, and again when the film fails, but not for ever', async () => {
    const opened = [];
    let number = 0;
    server.intercept = (path, response) => {
      if (path.startsWith('/api/hls/')) opened.push(path);
      if (path !== '/api/playback') return false;
      number += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: `/api/hls/~${number}/x`, expires: null }));
      return true;
    };
    await page.locator('.tile-film').first().click();
    await page.locator('.slide-active .failure').waitFor();
    assert.deepEqual([...new Set(opened)], ['/api/hls/~1/x', '/api/hls/~2/x']);
    assert.equal(number, 2);
  });

  it('leaves a film alone from which somebody goes on before it has loaded', async () => {
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    const held = [];
    server.intercept = (path, response) => path === '/api/playback' && held.push(response) > 0;
    await page.locator('.tile-film').first().click();
    await page.locator('.slide-active .start').click();
    await page.locator('.slide-active .frame-waiting').waitFor();
    while (held.length === 0) await page.waitForTimeout(20);
    await page.keyboard.press('ArrowRight');
    await page.locator('.slide-active .frame-waiting').waitFor({ state: 'detached' });
    for (const response of held.splice(0)) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: '/api/hls/~1/x', expires: null }));
    }
    await page.waitForTimeout(300);
    await page.keyboard.press('ArrowLeft');
    await page.locator('.slide-active .start').waitFor();
    assert.equal(await page.locator('.frame-playing').count(), 0);
    for (const response of held) response.destroy();
  });
});
