/**
 * The gallery in a real browser, against running services:
 * GALLERY_URL, GALLERY_PASSWORD, GALLERY_LINK (the secret part of a link without a password), STORE_ORIGIN (the origin
 * of films' segments), optionally CHROMIUM and SCREENSHOTS=DIR.
 * The library needs at least two photos side by side and one film with a playlist.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DESKTOP, drag, gallery, gridShown, logIn, ONCE, password, PHONE, required, screenshot, store, visit } from './visit.mjs';

/** Core Web Vitals call 0.1 good. The boxes of this grid are known beforehand, so it must shift less. */
const LAYOUT_SHIFT = 0.02;

const link = `${gallery}/l/${required('GALLERY_LINK')}`;
const dialog = (page) => page.locator('dialog.lightbox');
/** The fragment names the item. */
const named = (page) => page.evaluate(() => decodeURIComponent(location.hash));
const closed = (page) => dialog(page).waitFor({ state: 'hidden' });
const photos = (page) => page.locator('.tile:not(.tile-film, .tile-waiting)');
const open = async (page, tile) => {
  await tile.click();
  await dialog(page).waitFor();
  await page.locator('.slide-active').waitFor();
};
/** The browser reports every 401 on the console, even a handled one. These tests cause 401s on purpose. */
const unexpected = (errors) => errors.filter((text) => !text.includes('status of 401'));

describe('on a desktop', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(gallery);
  });
  after(() => visitor?.close());

  it('asks for the password, and says when it is wrong', async () => {
    const field = page.getByLabel('Password', { exact: true });
    await field.waitFor();
    await page.waitForTimeout(600);
    await screenshot(page, 'login');
    await field.fill('certainly not the password');
    await page.getByRole('button', { name: 'Show password' }).click();
    assert.equal(await field.getAttribute('type'), 'text');
    await page.getByRole('button', { name: 'Hide password' }).click();
    assert.equal(await field.getAttribute('type'), 'password');
    await page.keyboard.press('Enter');
    await page.getByText('not the right password').waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.equal(await page.locator('.tile').count(), 0);
  });

  it('shows the grid after login, and nothing in it moves', async () => {
    await logIn(page);
    await screenshot(page, 'grid');
    await page.reload();
    await gridShown(page);
    await page.mouse.move(700, 500);
    for (let turn = 0; turn < 6; turn += 1) {
      await page.mouse.wheel(0, 500);
      await page.waitForTimeout(150);
    }
    await gridShown(page);
    const { shift, shifts } = await page.evaluate(() => ({ shift: window.layoutShift, shifts: window.layoutShifts }));
    assert.ok(shift <= LAYOUT_SHIFT, `layout shift ${shift}: ${shifts.join('; ')}`);
    const ratios = await page.evaluate(() =>
      [...document.querySelectorAll('.tile-loaded')].map((tile) => {
        const box = tile.getBoundingClientRect();
        const image = tile.querySelector('img');
        return { box: box.width / box.height, image: image.naturalWidth / image.naturalHeight };
      }),
    );
    assert.ok(ratios.length > 1);
    for (const { box, image } of ratios.filter((each) => each.image > 0.45 && each.image < 3.9)) {
      assert.ok(Math.abs(box / image - 1) < 0.05, `a box of ${box} for a picture of ${image}`);
    }
    await page.evaluate(() => scrollTo(0, 0));
  });

  it('opens a photo, goes on by arrow, and closes by Esc', ONCE, async () => {
    await open(page, photos(page).first());
    const first = await named(page);
    assert.match(page.url(), /#\/m\/./);
    const shows = (pattern) =>
      page.waitForFunction((source) => {
        const image = document.querySelector('.slide-active .frame-image img');
        return image?.complete && image.naturalWidth > 0 && new RegExp(source).test(image.src);
      }, pattern.source);
    const files = [];
    page.on('request', (request) => /\/api\/file\//.test(request.url()) && files.push(request.url()));
    await shows(/size=screen/);
    await page.waitForTimeout(400);
    await screenshot(page, 'lightbox');
    // The original has megabytes. It is loaded only for who looks closer.
    assert.deepEqual(files, []);
    await page.keyboard.press('+');
    await shows(/\/api\/file\//);
    assert.equal(files.length, 1);
    await page.keyboard.press('0');
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await named(page), first);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await named(page), first);
    const download = page.getByRole('link', { name: /^Download/ });
    const answer = await page.request.head(new URL(await download.getAttribute('href'), gallery).href);
    assert.equal(answer.status(), 200);
    await page.keyboard.press('Escape');
    await closed(page);
    assert.doesNotMatch(page.url(), /#\/m\//);
    assert.equal(await page.evaluate(() => document.activeElement?.matches('.tile')), true);
  });

  it('ends with the sharpest picture when all arrive in one frame', ONCE, async () => {
    const tile = photos(page).first();
    await page.evaluate((key) => {
      const mine = (image) => image.src.includes(encodeURIComponent(key).replaceAll('%2F', '/')) || image.alt === key;
      const decode = HTMLImageElement.prototype.decode;
      const held = [];
      window.restoreDecode = () => (HTMLImageElement.prototype.decode = decode);
      HTMLImageElement.prototype.decode = async function () {
        await decode.call(this);
        if (!mine(this)) return;
        const sharpness = /size=screen/.test(this.src) ? 2 : /size=large/.test(this.src) ? 1 : 0;
        await new Promise((release) => {
          held.push({ sharpness, release });
          if (held.length === 3) for (const each of held.sort((a, b) => a.sharpness - b.sharpness)) each.release();
        });
      };
    }, await tile.getAttribute('data-key'));
    await open(page, tile);
    await page.waitForFunction(() => document.querySelector('.slide-active .frame-image img'));
    await page.waitForTimeout(200);
    const shown = await page.locator('.slide-active .frame-image img').evaluateAll((all) => all.map(({ src }) => src));
    await page.evaluate(() => window.restoreDecode());
    assert.equal(shown.length, 1);
    assert.match(shown[0], /size=screen/);
    await page.keyboard.press('Escape');
    await closed(page);
  });

  it('is walked with the arrow keys', ONCE, async () => {
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-key'));
    await page.locator('.tile').first().focus();
    const first = await focused();
    await page.keyboard.press('ArrowRight');
    const second = await focused();
    assert.notEqual(second, first);
    await page.keyboard.press('ArrowDown');
    const below = await focused();
    assert.ok(below !== first && below !== second);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.press('Home');
    await page.waitForFunction((key) => decodeURIComponent(location.hash).endsWith(key), first);
    await page.keyboard.press('Escape');
    await closed(page);
  });

  it('keeps the keyboard inside while open', ONCE, async () => {
    await open(page, photos(page).nth(1));
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      );
      assert.ok(inside);
    }
    await page.getByRole('button', { name: 'Close' }).click();
    await closed(page);
  });

  it('opens a link to a photo, and Back closes it', ONCE, async () => {
    const tile = photos(page).nth(1);
    await open(page, tile);
    const [link, name] = [page.url(), await named(page)];
    await page.reload();
    await dialog(page).waitFor();
    await page.locator('.slide-active').waitFor();
    assert.equal(await named(page), name);
    assert.equal(page.url(), link);
    await page.goBack();
    await closed(page);
    await gridShown(page);
  });

  it('plays a film, its segments straight from the store', async () => {
    visitor.seen.responses.length = 0;
    await page.getByRole('link', { name: 'Films' }).click();
    const film = page.locator('.tile-film').first();
    await film.waitFor();
    assert.equal(await photos(page).count(), 0);
    await gridShown(page);
    await open(page, film);
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 2, null, { timeout: 60_000 });
    const segments = visitor.seen.responses.filter((response) => new URL(response.url()).origin === store && response.ok());
    assert.ok(segments.length > 0, 'no segment came from the store');
    const home = new URL(gallery).origin;
    for (const response of visitor.seen.responses.filter((each) => /^http/.test(each.url()))) {
      const { origin } = new URL(response.url());
      if (origin === home) continue;
      assert.equal((await response.request().allHeaders())['cookie'], undefined, `${origin} got the session cookie`);
    }
    await page.mouse.move(5, 5);
    // The picture is taken once the controls have gone.
    if (process.env.SCREENSHOTS) await page.waitForTimeout(3500);
    await screenshot(page, 'film');
    await page.keyboard.press(' ');
    assert.equal(await page.evaluate(() => document.querySelector('video')?.paused), true);
    await page.keyboard.press('Escape');
    await closed(page);
    await page.getByRole('link', { name: 'All' }).click();
    await photos(page).first().waitFor();
  });

  it('plays a film on a page that was left open until the film’s URL no longer held', async (test) => {
    const hls = await page.evaluate(async () => {
      const json = async (path) => (await fetch(path)).json();
      const { blocks } = await json('/api/timeline?view=films');
      return (await json(`/api/blocks/${blocks[0][0]}`))[0].hls;
    });
    if (hls !== null) {
      test.skip('on one origin such URLs hold as long as the session');
      return;
    }
    // The page was told the URL hours ago, until the player notices that it has expired.
    const old = `/~${'A'.repeat(99)}/`;
    let asked = 0;
    await page.route('**/api/playback?**', async (route) => {
      const response = await route.fetch();
      const body = await response.text();
      await route.fulfill({ response, body: asked > 0 ? body : body.replace(/\/~[^/]+\//, old) });
    });
    await page.route(`**${old}**`, (route) => {
      asked += 1;
      return route.continue();
    });
    await page.reload();
    await gridShown(page);
    await open(page, page.locator('.tile-film').first());
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1, null, { timeout: 60_000 });
    assert.ok(asked > 0, 'the old URL was never asked for');
    assert.equal(await page.getByLabel('Password', { exact: true }).isVisible(), false);
    await page.unroute('**/api/playback?**');
    await page.unroute(`**${old}**`);
    await page.keyboard.press('Escape');
    await closed(page);
  });

  it('comes back to where one was after the session ends', async () => {
    await open(page, photos(page).first());
    await visitor.context.clearCookies();
    const field = page.getByLabel('Password', { exact: true });
    // Cached pictures need no session. The test scrolls to pictures that are not loaded yet, until one is refused.
    await page.keyboard.press('End');
    for (let turn = 0; turn < 5 && !(await field.isVisible()); turn += 1) {
      await page.waitForTimeout(700);
      await page.keyboard.press('ArrowLeft');
    }
    await field.waitFor();
    assert.equal(await page.locator('.tile').count(), 0);
    const link = page.url();
    await logIn(page);
    await dialog(page).waitFor();
    assert.equal(page.url(), link);
    await page.locator('.slide-active').waitFor();
    await page.keyboard.press('Escape');
    await closed(page);
  });

  it('is dark where the viewer likes it dark', ONCE, async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.mouse.move(5, 5);
    await page.evaluate(() => document.activeElement?.blur());
    await gridShown(page);
    const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    assert.ok(paper.match(/\d+/g).slice(0, 3).every((part) => Number(part) < 60), paper);
    await screenshot(page, 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('forgets everything at logout, also in another window', async () => {
    const other = await visitor.context.newPage();
    await other.goto(gallery);
    await gridShown(other);
    await page.getByRole('button', { name: 'Log out' }).click();
    await other.getByLabel('Password', { exact: true }).waitFor();
    assert.equal(await other.locator('.tile').count(), 0);
    await other.close();
    await page.getByLabel('Password', { exact: true }).waitFor();
    assert.equal(await page.locator('.tile').count(), 0);
    assert.equal((await page.request.get(`${gallery}/auth`)).status(), 401);
    await page.goBack();
    await page.waitForTimeout(300);
    assert.equal(await page.locator('.tile').count(), 0);
  });

  it('left no error on the console and broke no policy', () => {
    assert.deepEqual(unexpected(visitor.seen.errors), []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});

describe('on a phone', ONCE, () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(PHONE);
    page = visitor.page;
    await page.goto(gallery);
    await logIn(page);
  });
  after(() => visitor?.close());

  it('fits the screen', async () => {
    await screenshot(page, 'mobile-grid');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  });

  it('turns to the next photo by a swipe, and back by the button', async () => {
    await photos(page).first().tap();
    await dialog(page).waitFor();
    await page.waitForTimeout(500);
    const first = await named(page);
    await drag(page, { x: 300, y: 400 }, { x: 80, y: 410 });
    await page.waitForFunction((before) => decodeURIComponent(location.hash) !== before, first);
    await page.waitForTimeout(400);
    await page.getByRole('button', { name: 'Previous' }).tap();
    assert.equal(await named(page), first);
  });

  it('grows under a double tap, and shrinks again', async () => {
    const width = () => page.locator('.slide-active .frame').evaluate((frame) => frame.getBoundingClientRect().width);
    await page.waitForTimeout(400);
    const whole = await width();
    const twice = async () => {
      await page.touchscreen.tap(195, 400);
      await page.touchscreen.tap(195, 400);
      await page.waitForTimeout(500);
    };
    await twice();
    assert.ok((await width()) > whole * 2);
    await twice();
    assert.ok(Math.abs((await width()) - whole) < 1);
  });

  it('closes when pulled down', async () => {
    await drag(page, { x: 195, y: 300 }, { x: 200, y: 620 });
    await closed(page);
  });

  it('left no error on the console and broke no policy', () => {
    assert.deepEqual(unexpected(visitor.seen.errors), []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});

describe('in a browser that keeps no cookie', ONCE, () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit({ ...DESKTOP, keepsCookies: false });
    page = visitor.page;
  });
  after(() => visitor?.close());

  it('says so after the password', async () => {
    await page.goto(gallery);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Open the gallery' }).click();
    await page.getByText('did not keep the cookie').waitFor();
    await screenshot(page, 'no-cookie-login');
  });

  it('says so after a link, and asks for no password', async () => {
    await page.goto(link);
    await page.getByText('did not keep the cookie').waitFor();
    await page.waitForTimeout(600);
    await screenshot(page, 'no-cookie-link');
    assert.equal(await page.getByLabel('Password', { exact: true }).isVisible(), false);
    assert.equal(await page.locator('.tile').count(), 0);
  });

  it('leaves a browser alone that keeps the cookie of a link', async () => {
    const other = await visit(PHONE);
    await other.page.goto(link);
    await gridShown(other.page);
    assert.equal(new URL(other.page.url()).hash, '#/');
    await other.close();
  });
});
