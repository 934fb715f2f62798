/**
 * The page as a whole: below a path, on a static host, its cover, installed, and without a connection. Against a mock
 * of the API, with the built page (`npm run build`). Optionally CHROMIUM and SCREENSHOTS=DIR.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { items, mock } from './mock.mjs';

const ABOUT = { title: 'Anna & Ben', subtitle: 'Three days in June' };
const plain = await mock(300, ABOUT);
const pictured = await mock(300, { ...ABOUT, cover: 4 });
const below = await mock(300, { ...ABOUT, base: '/a/gallery' });
Object.assign(process.env, { GALLERY_URL: plain.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: plain.url });
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { DESKTOP, PHONE, gridShown, logIn, screenshot, visit } = await import('./visit.mjs');
after(() => Promise.all([plain, pictured, below].map((server) => server.close())));

let visitor;
afterEach(() => visitor?.close());

/** A browser that has logged in at a gallery. */
async function guest(url, options = DESKTOP) {
  visitor = await visit(options);
  await visitor.page.goto(`${url}/`);
  await logIn(visitor.page);
  return visitor.page;
}
const paths = () => visitor.seen.responses.map((response) => new URL(response.url()).pathname);
const shownTiles = (page) => page.locator('.tile-loaded').count();

describe('below a path', () => {
  it('everything is there, and nothing is asked for beside it', async () => {
    const page = await guest(below.url);
    await page.locator('.tile:not(.tile-film)').first().click();
    await page.waitForFunction(() => document.querySelector('.slide-active .frame-image img')?.naturalWidth > 0);
    await page.getByRole('button', { name: 'Close' }).click();
    assert.deepEqual(paths().filter((path) => !path.startsWith('/a/gallery/')), []);
    assert.ok(paths().includes('/a/gallery/api/timeline'));
    const [cookie] = await visitor.context.cookies();
    assert.equal(cookie.path, '/a/gallery');
    assert.deepEqual(visitor.seen.errors.filter((text) => !text.includes('status of 401')), []);
  });

  it('what is kept has the path in its name, because another gallery may be beside it', async () => {
    const page = await guest(below.url);
    const names = await page.evaluate(() => Object.keys(localStorage).sort());
    assert.deepEqual(names, ['favourites /a/gallery/', 'signed-in /a/gallery/']);
  });

  it('a reload shows the same, and a logout ends it', async () => {
    const page = await guest(below.url);
    await page.reload();
    await gridShown(page);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password', { exact: true }).waitFor();
    assert.equal(new URL(page.url()).pathname, '/a/gallery/');
    assert.deepEqual(await visitor.context.cookies(), []);
  });
});

/** What axe finds wrong. */
async function flaws(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** Where the first picture begins, how much moved, and what the cover says. */
const look = (page) =>
  page.evaluate(() => ({
    top: Math.min(...[...document.querySelectorAll('.tile')].map((tile) => tile.getBoundingClientRect().top)),
    shift: window.layoutShift,
    shifts: window.layoutShifts,
    text: document.querySelector('.cover')?.innerText ?? '',
    title: document.title,
    wide: document.documentElement.scrollWidth - innerWidth,
  }));

describe('the cover', () => {
  for (const [name, options] of [['phone', PHONE], ['desktop', DESKTOP]]) {
    it(`tells title, subtitle and days, and moves nothing: ${name}`, async () => {
      const page = await guest(plain.url, options);
      const seen = await look(page);
      await screenshot(page, `cover-${name}`);
      assert.match(seen.text, /Three days in June/);
      assert.match(seen.text, /2024/);
      assert.equal(seen.title, 'Anna & Ben');
      assert.ok(seen.shift < 0.001, seen.shifts.join('\n'));
      assert.ok(seen.wide <= 0, 'wider than the window');
      assert.deepEqual(await flaws(page), []);
      if (name === 'phone') assert.ok(seen.top < 120, `the first photo is at ${seen.top}`);
      else assert.match(seen.text, /Anna & Ben/);
    });

    it(`has its picture's place before the picture is there: ${name}`, async () => {
      visitor = await visit(options);
      const { page } = visitor;
      await page.goto(`${pictured.url}/`);
      // The cover's picture may be in the grid too.
      const held = [];
      const asked = new Promise((done) => {
        pictured.intercept = (path, response, request) => {
          if (!/size=(?:large|screen)/.test(request.url) || !path.includes('00004')) return false;
          held.push(response);
          done();
          return true;
        };
      });
      await page.getByLabel('Password', { exact: true }).fill('mock');
      await page.getByRole('button', { name: 'Open the gallery' }).click();
      await asked;
      await page.locator('.tile-loaded').nth(4).waitFor();
      const before = await look(page);
      const box = await page.locator('.cover-picture').boundingBox();
      pictured.intercept = () => false;
      const location = '/api/thumbnail/2024/IMG%2000004.mp4?size=medium';
      for (const response of held) response.writeHead(302, { location }).end();
      await page.locator('.cover-loaded').waitFor();
      await page.waitForTimeout(600);
      const seen = await look(page);
      await screenshot(page, `cover-pictured-${name}`);
      assert.equal(seen.top, before.top);
      assert.ok(seen.shift < 0.001, seen.shifts.join('\n'));
      assert.ok(box.height >= 180 && box.height < options.viewport.height / 2 + 1, `${box.height} px high`);
      assert.match(seen.text, /Anna & Ben\s+Three days in June/);
      assert.deepEqual(await flaws(page), []);
      await page.getByRole('link', { name: 'Open the picture on the cover' }).click();
      await page.getByRole('dialog', { name: 'Viewer' }).waitFor();
    });
  }

  it('shows its picture although a request for it failed', async () => {
    let refused = 0;
    pictured.intercept = (path, response, request) => {
      // No tile has a picture of this size.
      if (refused > 0 || !path.includes('00004') || !request.url.includes('size=screen')) return false;
      refused += 1;
      response.writeHead(503, { 'cache-control': 'no-store' }).end();
      return true;
    };
    try {
      const page = await guest(pictured.url);
      await page.locator('.cover-loaded').waitFor();
      assert.equal(refused, 1);
    } finally {
      pictured.intercept = () => false;
    }
  });

  it('opens its picture, and closing that leads back to the view from which it was opened', async () => {
    const page = await guest(pictured.url);
    const lightbox = page.getByRole('dialog', { name: 'Viewer' });
    // The picture is of a film, so that one of the views does not have it.
    for (const [view, hash] of [['Films', '#/films'], ['Photos', '#/photos']]) {
      await page.getByRole('link', { name: view, exact: true }).click();
      await page.waitForFunction((wanted) => location.hash === wanted, hash);
      await gridShown(page);
      await page.getByRole('link', { name: 'Open the picture on the cover' }).click();
      await lightbox.locator('.slide-active').waitFor();
      assert.match(new URL(page.url()).hash, /^#\/m\/.*00004/);
      await page.keyboard.press('Escape');
      await lightbox.waitFor({ state: 'hidden' });
      assert.equal(new URL(page.url()).hash, hash);
      assert.equal(await page.locator('.views-row [aria-current]').textContent(), view);
    }
  });

  it('stays where it is when a part of the gallery is chosen', async () => {
    const page = await guest(plain.url);
    const before = await page.locator('.cover').boundingBox();
    await page.getByRole('link', { name: 'Films' }).click();
    await gridShown(page);
    assert.deepEqual(await page.locator('.cover').boundingBox(), before);
    await page.goBack();
    await gridShown(page);
    const { shift, shifts } = await look(page);
    assert.ok(shift < 0.001, shifts.join('\n'));
  });
});

describe('installed', () => {
  it('the gallery has its own name, and icons', async () => {
    const page = await guest(plain.url, { ...DESKTOP, serviceWorkers: 'allow' });
    await page.locator('link[rel=manifest]').waitFor({ state: 'attached' });
    const session = await visitor.context.newCDPSession(page);
    const { url, errors } = await session.send('Page.getAppManifest');
    assert.deepEqual([url, errors], [`${plain.url}/manifest.webmanifest`, []]);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), []);
    const sizes = await page.evaluate(async () => {
      const manifest = await (await fetch('manifest.webmanifest')).json();
      const load = async ({ src }) => createImageBitmap(await (await fetch(src)).blob());
      return (await Promise.all(manifest.icons.map(load))).map(({ width }) => width);
    });
    assert.deepEqual(sizes, [192, 512, 512]);
    assert.equal(await page.locator('meta[name=apple-mobile-web-app-title]').getAttribute('content'), 'Anna & Ben');
  });
});

const kept = (page) => page.evaluate(async () => {
  const urls = [];
  for (const name of await caches.keys()) {
    if (!name.includes(' seen ')) continue;
    for (const { url } of await (await caches.open(name)).keys()) urls.push(url);
  }
  return urls;
});
/** A guest whose worker has kept what was seen. */
async function keeper(server) {
  const page = await guest(server.url, { ...PHONE, serviceWorkers: 'allow' });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => {
    const names = (await caches.keys()).filter((name) => name.includes(' seen '));
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return keys.flat().some(({ url }) => url.includes('/api/thumbnail/')) && keys.flat().some(({ url }) => url.includes('.seen'));
  }, null, { timeout: 15_000 });
  return page;
}

describe('without a connection', () => {
  for (const [name, server] of [['at the root', plain], ['below a path', below]]) {
    it(`what was seen is shown ${name}`, async () => {
      const page = await keeper(server);
      await visitor.context.setOffline(true);
      await page.reload();
      await gridShown(page);
      assert.ok((await shownTiles(page)) > 3);
      assert.match(await page.title(), /Anna & Ben/);
      // Also an item by its address, once the worker has kept the viewer.
      await visitor.context.setOffline(false);
      await page.goto(`${server.url}/${await page.locator('.tile:not(.tile-film)').nth(1).getAttribute('href')}`);
      await page.reload();
      const isOpen = () => document.querySelector('.slide-active .frame-image img')?.naturalWidth > 0;
      await page.waitForFunction(isOpen);
      await visitor.context.setOffline(true);
      // After a reload, the browser forgets to tell the page that it was set offline.
      await page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { value: false }));
      await page.reload();
      await page.waitForFunction(isOpen);
      const urls = await kept(page);
      assert.deepEqual(urls.filter((url) => !/\/api\/(?:timeline|blocks\/|thumbnail\/)|\.seen$/.test(url)), []);
    });
  }

  it('a device without room keeps nothing more, and everything is there all the same', async () => {
    const page = await keeper(plain);
    const session = await visitor.context.newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: plain.url, quotaSize: 1 });
    const isFull = async () => (await caches.open('a')).put('a', new Response('a')).then(() => false, () => true);
    assert.equal(await page.evaluate(isFull), true);
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('dialog', { name: 'Download' }).waitFor();
  });

  it('a library that has changed is not mixed with what it was', async () => {
    const page = await keeper(plain);
    plain.change(items(290));
    try {
      await page.reload();
      await gridShown(page);
      await page.waitForTimeout(1500);
      await visitor.context.setOffline(true);
      await page.reload();
      await gridShown(page);
      const { count } = await page.evaluate(async () => (await fetch('api/timeline')).json());
      assert.equal(count, 290);
    } finally {
      plain.change(items(300));
    }
  });

  it('a link shows nothing of the session before it', async () => {
    const page = await keeper(plain);
    const asked = (view) =>
      page.evaluate((name) => fetch(`api/timeline?view=${name}`).then(({ ok }) => ok, () => false), view);
    try {
      assert.equal(await asked('films'), true);
      await page.waitForTimeout(500);
      plain.link = { download: false, originals: false };
      await page.reload();
      await gridShown(page);
      await page.waitForTimeout(1500);
      const timelines = (await kept(page)).filter((url) => url.includes('/api/timeline'));
      assert.deepEqual(timelines, [`${plain.url}/api/timeline`]);
    } finally {
      plain.link = null;
    }
  });

  it('nothing is left after a logout', async () => {
    const page = await keeper(plain);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password', { exact: true }).waitFor();
    await page.waitForTimeout(1500);
    assert.deepEqual(await kept(page), []);
    await visitor.context.setOffline(true);
    await page.reload();
    await page.waitForTimeout(500);
    assert.equal(await shownTiles(page), 0);
  });

  it('nothing but the favourites is left after a logout that comes before the worker', async () => {
    const page = await guest(plain.url, { ...PHONE, serviceWorkers: 'allow' });
    await page.locator('.tile').first().focus();
    await page.keyboard.press('f');
    await page.locator('.tile-favourite').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password', { exact: true }).waitFor();
    // The worker would be there by then.
    await page.waitForTimeout(6000);
    assert.deepEqual(await kept(page), []);
    await page.reload();
    await page.getByLabel('Password', { exact: true }).waitFor();
    const stored = await page.evaluate(() => [localStorage, sessionStorage].map((each) => Object.keys(each)));
    assert.deepEqual(stored, [['favourites'], []]);
    await logIn(page);
    assert.equal(await page.locator('.tile-favourite').count(), 1);
  });

  it('nothing is left once the session has ended', async () => {
    const page = await keeper(plain);
    plain.welcomes = false;
    try {
      await page.reload();
      await page.getByLabel('Password', { exact: true }).waitFor();
      await page.waitForTimeout(1500);
      assert.deepEqual(await kept(page), []);
    } finally {
      plain.welcomes = true;
    }
  });
});

describe('the login', () => {
  it('says how long one stays signed in, except through a link, which may end sooner', async () => {
    visitor = await visit(DESKTOP);
    const { page } = visitor;
    const note = page.getByText('You stay signed in on this device');
    await page.goto(`${plain.url}/`);
    await note.waitFor();
    await page.goto('about:blank');
    await page.goto(`${plain.url}/#/l/secret`);
    await page.getByRole('button', { name: 'Open the gallery' }).waitFor();
    assert.equal(await note.isVisible(), false);
  });
});

/** A static host with the built page. */
async function staticHost(config) {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://host').pathname;
    if (path === '/pages/config.json' && config) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(config));
    const name = path === '/pages/' ? 'index.html' : path.replace('/pages/', '');
    return readFile(join(import.meta.dirname, '../dist', name)).then(
      (body) => response.writeHead(200, { 'content-type': types[extname(name)] ?? 'text/plain' }).end(body),
      () => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>404'),
    );
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { port: server.address().port, close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))) };
}

describe('on a static host', () => {
  let host;
  afterEach(() => {
    plain.allowed = [];
    return host?.close();
  });

  it('of the same site, the page finds the services by config.json', async () => {
    host = await staticHost({ API_BASE: plain.url });
    plain.allowed = [`http://127.0.0.1:${host.port}`];
    const page = await guest(`http://127.0.0.1:${host.port}/pages`);
    assert.ok((await shownTiles(page)) > 3);
    const api = visitor.seen.responses.map((response) => response.url()).filter((url) => /\/(?:api|auth|login)\b/.test(url));
    assert.deepEqual(api.filter((url) => !url.startsWith(plain.url)), []);
    await page.reload();
    await gridShown(page);
  });

  it('a login leaves the page where it is, also when the services lie below another path', async () => {
    host = await staticHost({ API_BASE: below.url });
    below.allowed = [`http://127.0.0.1:${host.port}`];
    visitor = await visit(DESKTOP);
    const { page } = visitor;
    await page.goto(`http://127.0.0.1:${host.port}/pages/#/films`);
    await page.getByLabel('Password', { exact: true }).fill('mock');
    await page.getByRole('button', { name: 'Open the gallery' }).click();
    await gridShown(page);
    assert.equal(page.url(), `http://127.0.0.1:${host.port}/pages/#/films`);
    below.allowed = [];
  });

  it('of another site, it says that cookies do not travel', async () => {
    host = await staticHost({ API_BASE: plain.url });
    plain.allowed = [`http://localhost:${host.port}`];
    visitor = await visit(DESKTOP);
    const { page } = visitor;
    await page.goto(`http://localhost:${host.port}/pages/`);
    await page.getByLabel('Password', { exact: true }).fill('mock');
    await page.getByRole('button', { name: 'Open the gallery' }).click();
    await page.getByText('only if both belong to one site').waitFor();
  });

  it('whose origin is not allowed, it says who can allow it', async () => {
    host = await staticHost({ API_BASE: plain.url });
    visitor = await visit(DESKTOP);
    await visitor.page.goto(`http://127.0.0.1:${host.port}/pages/`);
    await visitor.page.getByText('ALLOWED_ORIGINS').waitFor();
  });

  it('with a config.json that cannot be used, it says so', async () => {
    host = await staticHost({ API_BASE: 'gallery.example' });
    visitor = await visit(DESKTOP);
    await visitor.page.goto(`http://127.0.0.1:${host.port}/pages/`);
    await visitor.page.getByText('API_BASE cannot be read').waitFor();
  });

  it('without config.json, it asks its own origin', async () => {
    host = await staticHost(null);
    visitor = await visit(DESKTOP);
    await visitor.page.goto(`http://127.0.0.1:${host.port}/pages/`);
    await visitor.page.waitForTimeout(1000);
    assert.ok(paths().includes('/pages/api/timeline'), paths().join('\n'));
  });
});
