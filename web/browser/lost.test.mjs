/** Photos in the lightbox whose requests fail, or whose session has ended. As lightbox.test.mjs. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { server, still, openIn, until, comeBack, DESKTOP, logIn, visit } from './lightbox.mjs';

afterEach(() => {
  server.welcomes = true;
});
after(() => server.close());

describe('a photo on a bad line', () => {
  let visitor;
  let page;
  /** What makes a photo sharp: its picture for the screen, and its original. */
  const sharper = (number) => new RegExp(`IMG%20000${number}\\.svg\\?size=screen|/api/file/.*IMG%20000${number}`);
  const becomesSharp = () =>
    page.locator('.slide-active img:is([src*="size=screen"], [src*="/api/file/"])').first().waitFor();
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
    await page.clock.install();
  });
  after(() => visitor?.close());

  it('becomes sharp although a request was lost', async () => {
    const lost = new Set();
    await page.route(sharper('02'), (route) => {
      const { pathname } = new URL(route.request().url());
      if (lost.has(pathname)) return route.continue();
      lost.add(pathname);
      return route.abort();
    });
    await openIn(page, 2);
    await becomesSharp();
    assert.equal(lost.size, 2);
  });

  it('shows that its sharp picture is on its way, until it has come', async () => {
    const held = [];
    let holds = true;
    await page.route(sharper('08'), (route) => (holds ? void held.push(route) : route.continue()));
    await openIn(page, 8);
    await page.waitForTimeout(1500);
    const sign = () =>
      page.locator('.slide-active').evaluate((slide) => {
        const { content, opacity } = getComputedStyle(slide, '::after');
        return content === 'none' ? 'none' : opacity;
      });
    assert.equal(await sign(), '1');
    holds = false;
    for (const route of held) await route.continue();
    await becomesSharp();
    await page.locator('.slide-active:not(.slide-loading)').waitFor();
    assert.equal(await sign(), 'none');
    await page.unroute(sharper('08'));
  });

  it('is asked for a few times, and again when the network is back', async () => {
    const pattern = sharper('06');
    let asked = 0;
    await page.route(pattern, (route) => ((asked += 1), route.abort()));
    await openIn(page, 6);
    // At first, and after four pauses.
    for (let wait = 0; wait < 100 && asked < 10; wait += 1) {
      await page.clock.runFor(16_000);
      await page.waitForTimeout(50);
    }
    await page.clock.runFor(60_000);
    await page.waitForTimeout(200);
    assert.equal(asked, 10);
    await page.unroute(pattern);
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await becomesSharp();
  });

  it('is asked for again by who comes to it, and its original waits until then', async () => {
    const asked = [];
    await page.route(sharper('12'), (route) => (asked.push(route.request().url()), route.abort()));
    server.asked.length = 0;
    await openIn(page, 11);
    // A lost picture makes the page ask whether the session still holds.
    await until(page, () => asked.length > 0 && server.asked.includes('/auth'));
    await page.keyboard.press('ArrowRight');
    await until(page, () => asked.length > 1);
    assert.deepEqual(asked.slice(0, 2).map((url) => url.includes('size=screen')), [true, true], asked.join(' '));
  });
});

describe('a session that has ended', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
    // With a route, the browser takes nothing from its cache.
    await page.route(/size=screen/, (route) => route.continue());
  });
  after(() => visitor?.close());

  for (const [what, number, press] of [
    ['a photo is shared', 2, () => page.getByRole('button', { name: 'Share', exact: true }).click()],
    ['a live photo is played', 1, () => page.locator('.slide-active .live').click()],
    ['an original is saved', 2, () => page.locator('.control-download').click()],
  ]) {
    it(`is noticed when ${what}`, async () => {
      await openIn(page, number);
      await page.evaluate(() => void (navigator.canShare = () => true));
      // Pictures that are refused would tell it too.
      await page.waitForFunction(() => {
        const sharp = ({ complete, src }) => complete && src.includes('size=screen');
        const beside = [...document.querySelectorAll('.slide:not(.slide-active) img')].filter(sharp);
        return beside.length === 2 && document.querySelector('.slide-active img[src*="/api/file/"]');
      });
      server.welcomes = false;
      await press();
      await comeBack(page);
    });
  }
});
