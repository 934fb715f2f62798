/**
 * The page in German, Hindi and Arabic: against a mock of the API, with the built page (`npm run build`). Optionally
 * CHROMIUM and SCREENSHOTS=DIR.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { mock } from './mock.mjs';

const server = await mock(300, { title: 'Anna & Ben' });
Object.assign(process.env, { GALLERY_URL: server.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: server.url });
const { DESKTOP, PHONE, drag, gridShown, password, screenshot, visit } = await import('./visit.mjs');
after(() => server.close());

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What assistive technology cannot use, as axe finds it. */
async function flaws(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** All text that is seen or read out. */
const texts = (page) =>
  page.evaluate(() => {
    const found = [document.title];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node instanceof Text) {
        if (!node.parentElement.closest('noscript, .language')) found.push(node.data);
      } else for (const name of ['aria-label', 'aria-roledescription', 'aria-valuetext', 'title', 'alt', 'placeholder']) found.push(node.getAttribute(name) ?? '');
    }
    return found.map((text) => text.trim()).filter((text) => text !== '');
  });

/** Nothing fades in, so that colours are at once what they will be. */
const STILL = { reducedMotion: 'reduce' };

/** What is no word of a language: names, keys, units. */
const NAMES = /Anna & Ben|Edge Gallery|IMG \d+\.\w+|\([a-z]\)|\b(?:[ap]m|kB|MB|GB|kbit\/s|ZIP)\b/g;
const ENGLISH =
  /\b(?:the|and|of|to|in|is|are|this|please|photos|films|show|close|next|previous|log|settings|again|gallery|enter|open|day|item|viewer|size|loading|january|june|may|sat|sun|mon|download)\b/i;
/** The texts of a page that are English. In scripts of their own, every Latin word is one. */
const english = async (page, latin) => (await texts(page)).filter((text) => (latin ? ENGLISH : /[A-Za-z]{2}/).test(text.replace(NAMES, '')));

const document_ = (page) => page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);

const LANGUAGES = {
  de: { locale: 'de-CH', dir: 'ltr', latin: true, password: 'Passwort', films: 'Filme', month: 'Juni 2024', settings: 'Einstellungen', download: 'Herunterladen', refused: /Einige .* noch nicht zusammen/, signedOut: /abgelaufen/, nothing: 'Hier ist nichts', home: 'Zur Galerie' },
  hi: { locale: 'hi-IN', dir: 'ltr', latin: false, password: 'पासवर्ड', films: 'वीडियो', month: 'जून 2024', settings: 'सेटिंग', download: 'डाउनलोड करें', refused: /कुछ आइटम .* एक साथ/, signedOut: /साइन आउट/, nothing: 'यहाँ कुछ नहीं है', home: 'गैलरी पर जाएँ' },
  ar: { locale: 'ar-EG', dir: 'rtl', latin: false, password: 'كلمة المرور', films: 'الفيديو', month: 'يونيو ٢٠٢٤', settings: 'الإعدادات', download: 'تنزيل', refused: /تنزيل بعض هذه العناصر معًا/, signedOut: /انتهى تسجيل الدخول/, nothing: 'لا يوجد شيء هنا', home: 'إلى المعرض' },
};

for (const [language, its] of Object.entries(LANGUAGES)) {
  describe(`a browser that asks for ${its.locale}`, () => {
    let visitor;
    let page;
    before(async () => {
      visitor = await visit({ ...DESKTOP, ...STILL, locale: its.locale });
      page = visitor.page;
      await page.goto(server.url);
    });
    after(() => visitor?.close());

    const speaks = async (screen) => {
      assert.deepEqual(await document_(page), [language, its.dir], screen);
      assert.deepEqual(await english(page, its.latin), [], screen);
      assert.deepEqual(await flaws(page), [], screen);
    };

    it('has the login in its language', async () => {
      await page.getByLabel(its.password, { exact: true }).waitFor();
      await speaks('the login');
      await screenshot(page, `login-${language}`);
    });

    it('has the grid in its language, with its dates and numbers', async () => {
      await page.getByLabel(its.password, { exact: true }).fill(password);
      await page.keyboard.press('Enter');
      await gridShown(page);
      assert.match(await page.locator('.month-name').first().textContent(), new RegExp(its.month));
      await speaks('the grid');
      await screenshot(page, `grid-${language}`);
    });

    it('says in its language why a download is refused', async () => {
      const problem = { type: '/problems#checksums-missing', status: 409, detail: 'Some have no checksums.' };
      server.intercept = (path, response, request) => {
        if (path !== '/api/download' || request.method !== 'POST') return false;
        response.writeHead(409, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
        return true;
      };
      await page.getByRole('banner').getByRole('button', { name: its.download, exact: true }).click();
      await page.locator('.download [type=submit]').click();
      await page.locator('.download [role=alert]').getByText(its.refused).waitFor();
      server.intercept = () => false;
      assert.deepEqual(await flaws(page), []);
      await screenshot(page, `download-${language}`);
      await page.keyboard.press('Escape');
      await page.locator('.download').waitFor({ state: 'detached' });
    });

    it('has a page for an address where there is nothing', async () => {
      const answer = await page.goto(`${server.url}/some/where`);
      assert.equal(answer.status(), 404);
      await page.getByRole('heading', { name: its.nothing }).waitFor();
      await speaks('the page of an unknown address');
      await screenshot(page, `nothing-${language}`);
      await page.getByRole('link', { name: its.home }).click();
      await gridShown(page);
    });

    // Hindi runs as English does.
    if (language === 'hi') return;

    it('has no tile outside of the window', async () => {
      const boxes = await page.locator('.tile').evaluateAll((tiles) => tiles.map((tile) => tile.getBoundingClientRect().toJSON()));
      assert.ok(boxes.length > 5);
      for (const { left, right } of boxes) assert.ok(left >= 0 && right <= 1440, `a tile from ${left} to ${right}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    });

    it('goes on by the arrow that points along the reading', async () => {
      const first = page.locator('.tile').first();
      await first.focus();
      await page.keyboard.press(its.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight');
      assert.equal(await page.evaluate(() => document.activeElement.dataset.key), await page.locator('.tile').nth(1).getAttribute('data-key'));
      await first.click();
      await page.locator('.slide-active').waitFor();
      const name = () => page.evaluate(() => location.hash);
      const before = await name();
      await page.keyboard.press(its.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight');
      await page.waitForFunction((was) => location.hash !== was, before);
      const [next, previous] = await Promise.all(['.control-next', '.control-previous'].map((each) => page.locator(each).boundingBox()));
      assert.equal(next.x > previous.x, its.dir === 'ltr');
      // The neighbour that comes next waits on the side to which its arrow points.
      const sides = await page.locator('.slide').evaluateAll((slides) => slides.map((slide) => Math.sign(Math.round(slide.getBoundingClientRect().x))));
      assert.deepEqual([...sides].sort(), [-1, 0, 1]);
      await speaks('the lightbox');
      await screenshot(page, `lightbox-${language}`);
      await page.keyboard.press('Escape');
      await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    });

    it('says at the login that the session has ended', async () => {
      await visitor.context.clearCookies();
      await page.reload();
      await page.getByText(its.signedOut).waitFor();
      await speaks('the login after the session');
      await page.getByLabel(its.password, { exact: true }).fill(password);
      await page.keyboard.press('Enter');
      await gridShown(page);
    });
  });
}

describe('the choice of a language', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit({ ...PHONE, ...STILL, locale: 'fr-FR' });
    page = visitor.page;
    await page.goto(server.url);
  });
  after(() => visitor?.close());

  it('is English where the browser asks for another one, with the dates of the viewer’s region', async () => {
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await gridShown(page);
    assert.deepEqual(await document_(page), ['en', 'ltr']);
    await page.locator('.tile').first().click();
    assert.match(await page.locator('.caption-name').textContent(), /15 June 2024/);
    await page.goBack();
  });

  it('is that of a link, and is kept', async () => {
    await page.goto(`${server.url}/?lang=ar#/photos`);
    await gridShown(page);
    assert.equal(page.url(), `${server.url}/#/photos`);
    await page.goto('about:blank');
    await page.goto(server.url);
    await gridShown(page);
    assert.deepEqual(await document_(page), ['ar', 'rtl']);
    await screenshot(page, 'phone-grid-ar');
  });

  it('turns the pages by swipes along the reading', async () => {
    await page.locator('.tile:not(.tile-film)').first().click();
    await page.locator('.slide-active').waitFor();
    const name = () => page.evaluate(() => location.hash);
    const first = await name();
    // The next one waits on the left, and is drawn in from there.
    await drag(page, { x: 100, y: 400 }, { x: 300, y: 400 });
    await page.waitForFunction((was) => location.hash !== was, first);
    await drag(page, { x: 300, y: 400 }, { x: 100, y: 400 });
    await page.waitForFunction((was) => location.hash === was, first);
    await page.goBack();
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
  });

  it('is made in the menu at the foot', async () => {
    await page.locator('.language').selectOption('de');
    await page.waitForFunction(() => document.documentElement.lang === 'de');
    await gridShown(page);
    assert.equal(await page.locator('.language').inputValue(), 'de');
  });

  it('sends no request more for English', async () => {
    await page.locator('.language').selectOption('en');
    await page.waitForFunction(() => document.documentElement.lang === 'en');
    const scripts = [];
    page.on('request', (request) => request.resourceType() === 'script' && scripts.push(new URL(request.url()).pathname));
    await page.reload();
    await gridShown(page);
    assert.ok(scripts.length > 0);
    assert.equal(scripts.filter((path) => /\/(?:de|hi|ar)-/.test(path)).length, 0, scripts.join());
  });
});
