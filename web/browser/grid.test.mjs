/** The grid, its bar and the way through time, against a mock of the API, with the built page (`npm run build`). */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { items, mock } from './mock.mjs';

const COUNT = 3000;
const server = await mock(COUNT, { title: 'Anna & Ben', albums: [['The party', 200], ['Das lange Fest am See mit allen Freunden', 40]] });
Object.assign(process.env, { GALLERY_URL: server.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: server.url });
const { DESKTOP, PHONE, gridShown, logIn, screenshot, violations, visit } = await import('./visit.mjs');
after(() => server.close());

const all = items(COUNT);
/** The first item below what covers the top of the window, and its y. */
const topItem = (page) =>
  page.evaluate(() => {
    const covered = document.querySelector('.month-name').getBoundingClientRect().height + 60;
    const tiles = [...document.querySelectorAll('.tile[data-key]')].map((tile) => ({ tile, box: tile.getBoundingClientRect() }));
    const { tile, box } = tiles.find(({ box: { bottom } }) => bottom > covered);
    return { number: Number(/(\d{5})\./.exec(tile.dataset.key)[1]), key: tile.dataset.key, top: Math.round(box.top) };
  });
/** The first item that reaches into the window, which keeps its place. */
const firstItem = (page) =>
  page.evaluate(() => {
    const tiles = [...document.querySelectorAll('.tile[data-key]')];
    const first = tiles.find((tile) => tile.getBoundingClientRect().bottom > 0);
    return { key: first.dataset.key, top: first.getBoundingClientRect().top };
  });
const to = (page, part) => page.evaluate((at) => scrollTo(0, document.documentElement.scrollHeight * at), part);
const opened = async (options) => {
  const visitor = await visit(options);
  await visitor.page.goto(server.url);
  await logIn(visitor.page);
  return visitor;
};

describe('the grid on a phone', () => {
  let visitor;
  let page;
  before(async () => ({ page } = visitor = await opened(PHONE)));
  after(() => visitor?.close());

  it('begins with pictures', async () => {
    const top = await page.locator('.tile').first().evaluate((tile) => tile.getBoundingClientRect().top);
    assert.ok(top < 120, `the first picture is at ${top}`);
    await screenshot(page, 'grid phone');
  });

  it('begins a row with each day, below its name', async () => {
    const days = await page.locator('.day').evaluateAll((all) =>
      all.map((day) => {
        const name = day.getBoundingClientRect();
        const tile = day.nextElementSibling.getBoundingClientRect();
        return { left: tile.left - name.left, below: tile.top >= name.bottom - 2, start: name.left };
      }),
    );
    assert.ok(days.length > 2);
    for (const day of days) assert.deepEqual(day, { left: 0, below: true, start: 16 });
  });

  it('leads to albums from anywhere, and back to the place', async () => {
    await to(page, 0.4);
    await gridShown(page);
    const before = await topItem(page);
    await page.getByRole('button', { name: 'All', exact: true }).tap();
    await screenshot(page, 'views phone');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('link', { name: /^The party/ }).tap();
    await page.waitForFunction(() => /\/album\//.test(location.hash));
    await gridShown(page);
    assert.equal(await page.locator('.end').textContent(), '200 items');
    await page.goBack();
    await gridShown(page);
    assert.deepEqual(await topItem(page), before);
  });

  it('shows the gallery for the address of an album that is gone, and says so', async () => {
    await page.goto('about:blank');
    await page.goto(`${server.url}/#/album/0123456789ab`);
    await gridShown(page);
    await page.getByText('No such view.').waitFor();
    assert.equal(new URL(page.url()).hash, '#/');
    await page.getByRole('button', { name: 'All', exact: true }).tap();
    await page.getByRole('link', { name: /^The party/ }).tap();
    await page.waitForFunction(() => document.querySelector('.end')?.textContent === '200 items');
    assert.equal(await page.getByText('No such view.').count(), 0);
    await page.goBack();
    await gridShown(page);
  });

  it('has room for its buttons beside a long album on a narrow window', async () => {
    await page.getByRole('button', { name: 'All', exact: true }).tap();
    await page.getByRole('link', { name: /^Das lange Fest/ }).tap();
    await gridShown(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByRole('button', { name: 'Das lange Fest' }).waitFor();
    await screenshot(page, 'grid narrow');
    const wide = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.deepEqual(wide, [320, 320]);
    const { x, width } = await page.getByRole('button', { name: 'Log out' }).boundingBox();
    assert.ok(x + width <= 320, `it ends at ${x + width}`);
    await page.setViewportSize(PHONE.viewport);
    await page.goBack();
    await gridShown(page);
  });

  it('keeps the focus at the list of views when one is chosen by keys', async () => {
    const button = page.locator('.menu-button');
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /^Photos/ }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#/photos');
    await page.locator('.menu-list').waitFor({ state: 'detached' });
    assert.equal(await button.evaluate((element) => element === document.activeElement), true);
    await page.goBack();
    await gridShown(page);
  });

  it('is without violations', async () => assert.deepEqual(await violations(page), []));
});

describe('the grid on a wide screen', () => {
  let visitor;
  let page;
  before(async () => ({ page } = visitor = await opened({ ...DESKTOP, viewport: { width: 2560, height: 1440 } })));
  after(() => visitor?.close());

  it('uses all of its width', async () => {
    const ends = await page.locator('.tile').evaluateAll((tiles) => Math.max(...tiles.map((tile) => tile.getBoundingClientRect().right)));
    assert.ok(ends > 2560 - 80, String(ends));
  });

  it('has headings through which nothing shines', async () => {
    const colour = await page.locator('.month-name').first().evaluate((name) => getComputedStyle(name).backgroundColor);
    assert.match(colour, /^rgb\(/);
  });
});

describe('the place', () => {
  let visitor;
  let page;
  before(async () => ({ page } = visitor = await opened(DESKTOP)));
  afterEach(() => server.change(all));
  after(() => visitor?.close());

  it('is kept through a reload, although the library has changed', async () => {
    await to(page, 0.5);
    await gridShown(page);
    await page.waitForTimeout(600);
    const before = await topItem(page);
    server.change([...all.slice(0, 150).map((item) => ({ ...item, key: item.key.replace('IMG', 'NEW') })), ...all]);
    await page.reload();
    await gridShown(page);
    await page.waitForTimeout(300);
    const now = await topItem(page);
    assert.equal(now.key, before.key);
    assert.ok(Math.abs(now.top - before.top) < 4, `${now.top} ${before.top}`);
  });

  it('is kept by the item when a filter is chosen, and by Back', async () => {
    await page.reload();
    await to(page, 0.3);
    await gridShown(page);
    const before = await topItem(page);
    await page.getByRole('link', { name: 'Films' }).click();
    await gridShown(page);
    await page.waitForTimeout(300);
    const films = await topItem(page);
    assert.ok(Math.abs(films.number - before.number) <= 40, `${films.number} ${before.number}`);
    await page.goBack();
    await gridShown(page);
    assert.deepEqual(await topItem(page), before);
  });

  const oneDay = all.map((item) => ({ ...item, taken: all[0].taken }));
  // The numbers of a few new items lead to items that are read, and those of many to others.
  for (const [which, library, count] of [['', all, 77], ['a few ', all, 3], ['a few ', oneDay, 3]]) {
    it(`is kept while ${which}new items slide in${library === oneDay ? ', all of one day' : ''}`, async () => {
      server.change(library);
      await page.reload();
      await gridShown(page);
      await to(page, 0.2);
      await gridShown(page);
      const before = await firstItem(page);
      const fresh = library.slice(0, count).map((item) => ({ ...item, key: item.key.replace('IMG', 'NEW') }));
      server.change([...fresh, ...library]);
      await page.evaluate(() => {
        const now = performance.now.bind(performance);
        performance.now = () => now() + 120_000;
        document.dispatchEvent(new Event('visibilitychange'));
      });
      await page.getByRole('button', { name: 'Something new is here' }).waitFor();
      await page.waitForTimeout(300);
      const same = page.locator(`.tile[data-key="${before.key}"]`);
      const top = await same.evaluate((tile) => tile.getBoundingClientRect().top);
      assert.ok(Math.abs(top - before.top) < 4, `${top} ${before.top}`);
      // A day with more items has other rows, so that its items stand elsewhere in them.
      if (library === all) assert.deepEqual(await page.evaluate(() => window.layoutShifts), []);
    });
  }
});

describe('a store that is busy', () => {
  let visitor;
  let page;
  before(async () => ({ page } = visitor = await opened(DESKTOP)));
  afterEach(() => {
    server.intercept = () => false;
  });
  after(() => visitor?.close());

  it('is not hurried, and the pictures come without a reload', async () => {
    let refused = 0;
    server.intercept = (path, response) => {
      if (!path.startsWith('/api/thumbnail/')) return false;
      refused += 1;
      response.writeHead(503, { 'retry-after': '2', 'cache-control': 'no-store' }).end();
      return true;
    };
    await to(page, 0.7);
    await page.locator('.tile-failed').first().waitFor();
    await page.waitForTimeout(1000);
    const before = refused;
    await page.waitForTimeout(800);
    assert.ok(refused - before <= 1, `${refused - before} requests while it wanted to rest`);
    server.intercept = () => false;
    await gridShown(page);
    assert.equal(await page.locator('.tile-failed').count(), 0);
  });

  it('leaves no tile grey after the network was gone', async () => {
    await visitor.context.setOffline(true);
    await to(page, 0.9);
    await page.waitForTimeout(1500);
    await visitor.context.setOffline(false);
    await gridShown(page);
    assert.equal(await page.locator('.tile-failed').count(), 0);
  });

  it('is asked again when not even the timeline came', async () => {
    let tries = 0;
    server.intercept = (path, response) => {
      if (path !== '/api/timeline' || (tries += 1) > 2) return false;
      response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '1' }).end('{"detail":"Busy."}');
      return true;
    };
    await page.reload();
    await gridShown(page);
    assert.equal(tries, 3);
  });

  it('is not asked any longer for the pictures of a view that was left', async () => {
    const [held, given] = [new Set(), new Set()];
    server.intercept = (path, response) => {
      if (!path.startsWith('/api/thumbnail/')) return false;
      held.add(path);
      response.on('close', () => given.add(path));
      return true;
    };
    await to(page, 0.35);
    for (let wait = 0; wait < 40 && held.size < 4; wait += 1) await page.waitForTimeout(50);
    const old = [...held];
    assert.ok(old.length >= 4, `${old.length} pictures were asked for`);
    await page.getByRole('link', { name: 'Films' }).click();
    for (let wait = 0; wait < 60 && !old.every((path) => given.has(path)); wait += 1) await page.waitForTimeout(50);
    assert.deepEqual(old.filter((path) => !given.has(path)), []);
  });
});

describe('the way through time', () => {
  let visitor;
  let page;
  before(async () => ({ page } = visitor = await opened(DESKTOP)));
  after(() => visitor?.close());
  const slider = () => page.getByRole('slider', { name: 'Time' });
  // At the top of the page, the cover is above the first month.
  const seen = () => page.locator('.month-name').evaluateAll((names) => (names.findLast((name) => name.getBoundingClientRect().top <= 62) ?? names[0]).textContent);

  it('goes by months, by years, to the end and back by keys', async () => {
    await slider().focus();
    assert.equal(await slider().getAttribute('aria-valuetext'), 'June 2024');
    for (const [key, month] of [['ArrowDown', 'May 2024'], ['ArrowDown', 'April 2024'], ['ArrowUp', 'May 2024'], ['PageDown', 'December 2023'], ['End', 'October 2023'], ['Home', 'June 2024']]) {
      await page.keyboard.press(key);
      await page.waitForFunction((name) => document.querySelector('[role=slider]').getAttribute('aria-valuetext') === name, month);
      assert.equal(await seen(), month);
    }
  });

  it('goes where a pointer draws it', async () => {
    const box = await page.locator('.scrubber').boundingBox();
    await page.mouse.move(box.x + 20, box.y + 22);
    await page.mouse.down();
    await page.mouse.move(box.x + 20, box.y + box.height / 2, { steps: 4 });
    await screenshot(page, 'time');
    await page.mouse.up();
    const part = await page.evaluate(() => scrollY / (document.documentElement.scrollHeight - innerHeight));
    assert.ok(Math.abs(part - 0.5) < 0.05, String(part));
    assert.equal(await slider().getAttribute('aria-valuetext'), await seen());
    await gridShown(page);
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(await page.evaluate(() => window.layoutShifts), []);
  });

  it('left no error on the console and broke no policy', () => {
    assert.deepEqual(visitor.seen.errors.filter((text) => !text.includes('status of 401')), []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});
