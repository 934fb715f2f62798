/** Selecting, favourites and taking them home, against a mock of the API, with the built page (`npm run build`). */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { items, mock } from './mock.mjs';

const COUNT = 2000;
/** Items on each day of the mock. */
const DAY = 13;
const server = await mock(COUNT, { title: 'Anna & Ben' });
Object.assign(process.env, { GALLERY_URL: server.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: server.url });
const { DESKTOP, PHONE, gridShown, logIn, screenshot, violations, visit } = await import('./visit.mjs');
after(() => server.close());

const all = items(COUNT);
const tile = (page, number) => page.locator(`.tile[data-key="${all[number].key}"]`);
const selected = (page) => page.locator('.tile-selected').evaluateAll((tiles) => tiles.map((each) => Number(/(\d{5})\./.exec(each.dataset.key)[1])));
const bar = (page) => page.getByRole('region', { name: 'Selection' });
const says = (page, text) => bar(page).getByText(text, { exact: true }).waitFor();
const opened = async (options) => {
  const visitor = await visit(options);
  await visitor.page.goto(server.url);
  await logIn(visitor.page);
  return visitor;
};
const range = (from, to) => Array.from({ length: to - from }, (_, at) => from + at);
const quiet = ({ seen }) => {
  assert.deepEqual(seen.errors.filter((text) => !text.includes('status of 401')), []);
  assert.deepEqual(seen.violations, []);
};

describe('on a desktop', () => {
  let visitor;
  let page;
  before(async () => ({ page } = visitor = await opened(DESKTOP)));
  after(() => visitor?.close());

  it('the ring of a tile selects, and Shift selects up to another one', async () => {
    await tile(page, 1).hover();
    await tile(page, 1).locator('.tile-check').click();
    await says(page, '1 selected');
    await tile(page, 4).click({ modifiers: ['Shift'] });
    assert.deepEqual(await selected(page), [1, 2, 3, 4]);
    // Now a click selects, and opens nothing.
    await tile(page, 2).click();
    assert.deepEqual(await selected(page), [1, 3, 4]);
    assert.equal(await page.locator('dialog.lightbox').isVisible(), false);
    assert.match(await tile(page, 1).getAttribute('aria-label'), /, selected$/);
    await screenshot(page, 'selection');
    assert.deepEqual(await violations(page), []);
  });

  it('a drag selects what lies between', async () => {
    // They begin below the window, because the cover is above them.
    await tile(page, 6).evaluate((element) => element.scrollIntoView({ block: 'center' }));
    const [from, to] = [await tile(page, 6).boundingBox(), await tile(page, 8).boundingBox()];
    await page.mouse.move(from.x + 20, from.y + 60);
    await page.mouse.down();
    await page.mouse.move(to.x + 30, to.y + 60, { steps: 5 });
    await page.mouse.up();
    assert.deepEqual(await selected(page), [1, 3, 4, 6, 7, 8]);
    assert.equal(await page.locator('dialog.lightbox').isVisible(), false);
  });

  it('the box of a day selects all of it, also what has not been read, and nothing again', async () => {
    const day = page.getByRole('checkbox', { name: 'Select Sat 15 June' });
    await day.click();
    await says(page, `${DAY} selected`);
    assert.equal(await day.getAttribute('aria-checked'), 'true');
    await day.click();
    await bar(page).waitFor({ state: 'detached' });
    assert.equal(await day.getAttribute('aria-checked'), 'false');
  });

  it('keys select, mark favourites, and end the selection', async () => {
    await tile(page, 0).focus();
    await page.keyboard.press('x');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press(' ');
    assert.deepEqual(await selected(page), [0, 1]);
    await page.keyboard.press('f');
    assert.equal(await page.locator('.tile-favourite').count(), 1);
    await page.keyboard.press('f');
    assert.equal(await page.locator('.tile-favourite').count(), 0);
    await page.keyboard.press('Escape');
    assert.deepEqual(await selected(page), []);
    await bar(page).waitFor({ state: 'detached' });
  });

  it('what is selected is downloaded by its keys', async () => {
    await tile(page, 2).focus();
    await page.keyboard.press('x');
    await tile(page, 5).click({ modifiers: ['Shift'] });
    await page.getByRole('button', { name: 'Download the selection' }).click();
    await page.getByRole('heading', { name: 'Download' }).waitFor();
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByRole('link', { name: /^Download/ }).waitFor();
    assert.deepEqual(server.wanted.pop(), { keys: range(2, 6).map((number) => all[number].key), size: 'original' });
    await page.keyboard.press('Escape');
    // Esc has closed the dialog, and not ended the selection.
    await says(page, '4 selected');
  });

  it('favourites outlive the visit, are a view of their own, and are downloaded', async () => {
    await page.getByRole('button', { name: 'Add to favourites' }).click();
    await page.getByRole('button', { name: 'End the selection' }).click();
    assert.equal(await page.locator('.tile-favourite').count(), 4);
    await page.reload();
    await gridShown(page);
    assert.equal(await page.locator('.tile-favourite').count(), 4);
    await page.getByRole('link', { name: 'Favourites' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 4);
    await gridShown(page);
    await screenshot(page, 'favourites');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByRole('link', { name: /^Download/ }).waitFor();
    assert.deepEqual(server.wanted.pop().keys, range(2, 6).map((number) => all[number].key));
    await page.keyboard.press('Escape');
  });

  it('what is no longer a favourite stays under the lightbox, and leaves when it is closed', async () => {
    const place = (text) => page.locator('.caption').getByText(text).waitFor();
    await tile(page, 3).click();
    await place('2 of 4');
    await page.keyboard.press('h');
    await page.locator('.control-liked').waitFor({ state: 'detached' });
    await page.waitForTimeout(300);
    await place('2 of 4');
    await page.keyboard.press('ArrowLeft');
    await place('1 of 4');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 3);
    await tile(page, 5).click();
    await place('3 of 3');
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
  });

  it('the link to favourites is in the address where the page may not copy it', async () => {
    await page.getByText('Some browsers forget them after a week').waitFor();
    await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }));
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByText('The address of this page is the link.').waitFor();
    assert.match(page.url(), /#\/favourites\/[\w-]+$/);
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 3);
    await screenshot(page, 'favourites not copied');
    await page.goBack();
    await page.getByRole('button', { name: 'Copy the link' }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 3);
  });

  it('what is no longer a favourite leaves the view', async () => {
    await tile(page, 2).focus();
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 2);
    assert.equal(await page.evaluate(() => localStorage.getItem('favourites').includes('IMG')), false);
    quiet(visitor);
  });
});

describe('a link of favourites', () => {
  let visitor;
  let page;
  const chosen = [5, 700, 701, 1999];
  before(async () => ({ page } = visitor = await opened(PHONE)));
  after(() => visitor?.close());

  it('shows them with a few requests, and offers to keep them', async () => {
    const DAYS = 86_400_000;
    const digits = (value) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[value];
    let last = 0;
    const days = [...new Set(chosen.map((number) => all[number].taken.day))];
    const code = days.map((day) => {
      const numbers = chosen.filter((number) => all[number].taken.day === day);
      const at = 47_482 - Date.parse(day) / DAYS;
      const steps = [];
      for (; at - last >= 4095; last += 4094) steps.push(`${digits(63)}${digits(62)}A`);
      const ids = numbers.map((number) => createHash('sha256').update(all[number].key).digest('base64url').slice(0, 6)).sort();
      const group = steps.join('') + digits((at - last) >> 6) + digits((at - last) & 63) + digits(ids.length) + ids.join('');
      last = at;
      return group;
    }).join('');
    server.asked.length = 0;
    await page.goto(`${server.url}/#/favourites/${code}`);
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 4);
    await gridShown(page);
    const keys = await page.locator('.tile').evaluateAll((tiles) => tiles.map((each) => each.dataset.key));
    assert.deepEqual(keys, chosen.map((number) => all[number].key));
    assert.ok(server.asked.length <= 6, server.asked.join(' '));
    assert.deepEqual(await violations(page), []);
    await screenshot(page, 'favourites of a link');
    await page.getByRole('button', { name: 'Keep as mine' }).tap();
    await page.getByText('They were added to your favourites.').waitFor();
    assert.equal(await page.locator('.tile-favourite').count(), 4);
  });
});

describe('on a phone', () => {
  let visitor;
  let page;
  before(async () => ({ page } = visitor = await opened(PHONE)));
  afterEach(() => {
    server.intercept = () => false;
  });
  after(() => visitor?.close());

  it('a long press selects, and goes on over tiles', async () => {
    const session = await page.context().newCDPSession(page);
    const send = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
    const middle = async (number) => {
      const box = await tile(page, number).boundingBox();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    };
    const [from, to] = [await middle(0), await middle(3)];
    await send('touchStart', from);
    await page.waitForTimeout(600);
    for (let step = 1; step <= 6; step += 1) {
      await send('touchMove', { x: from.x + ((to.x - from.x) * step) / 6, y: from.y + ((to.y - from.y) * step) / 6 });
      await page.waitForTimeout(30);
    }
    await send('touchEnd');
    await says(page, '4 selected');
    assert.deepEqual(await selected(page), [0, 1, 2, 3]);
    assert.equal(await page.evaluate(() => scrollY), 0);
    assert.equal(await page.locator('dialog.lightbox').isVisible(), false);
    await tile(page, 1).tap();
    assert.deepEqual(await selected(page), [0, 2, 3]);
    await screenshot(page, 'selection phone');
    assert.deepEqual(await violations(page), []);
    await page.getByRole('button', { name: 'End the selection' }).tap();
  });

  it('a long press selects, and the click that an iPhone sends later takes nothing back', async () => {
    const session = await page.context().newCDPSession(page);
    const send = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
    const box = await tile(page, 0).boundingBox();
    await send('touchStart', { x: box.x + box.width / 2, y: box.y + box.height / 2 });
    await page.waitForTimeout(600);
    await send('touchEnd');
    await page.waitForTimeout(30);
    await tile(page, 0).evaluate((element) => {
      element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 1 }));
    });
    await says(page, '1 selected');
    assert.deepEqual(await selected(page), [0]);
    await tile(page, 1).tap();
    assert.deepEqual(await selected(page), [0, 1]);
    await page.getByRole('button', { name: 'End the selection' }).tap();
  });

  it('a few files go to the share sheet, where there is one', async () => {
    await page.evaluate(() => {
      navigator.canShare = ({ files }) => files.length > 0;
      navigator.share = async ({ files }) => void (window.shared = files.map(({ name, size }) => `${name} ${size > 0}`));
    });
    await page.getByRole('button', { name: 'Select', exact: true }).tap();
    await tile(page, 0).tap();
    await tile(page, 2).tap();
    await page.getByRole('button', { name: 'Share the selection' }).tap();
    await page.waitForFunction(() => window.shared);
    assert.deepEqual(await page.evaluate(() => window.shared), [0, 2].map((number) => `${all[number].name} true`));
  });

  it('files that came too late for the tap wait for another one, unless other items are selected by then', async () => {
    const share = page.getByRole('button', { name: 'Share the selection' });
    const again = page.getByText('Ready. Press Share once more.');
    await page.evaluate(() => {
      navigator.share = async ({ files }) => {
        window.shared = files.map(({ name }) => name);
        if (window.late) throw new DOMException('The tap was too long ago.', 'NotAllowedError');
      };
      window.late = true;
    });
    await share.tap();
    await again.waitFor();
    await page.evaluate(() => void (window.late = window.shared = null));
    await share.tap();
    await page.waitForFunction(() => window.shared);
    assert.deepEqual(await page.evaluate(() => window.shared), [0, 2].map((number) => all[number].name));
    await again.waitFor({ state: 'detached' });
    await page.evaluate(() => void (window.late = true));
    await share.tap();
    await again.waitFor();
    await page.getByRole('button', { name: 'End the selection' }).tap();
    await again.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Select', exact: true }).tap();
    await tile(page, 1).tap();
    await page.evaluate(() => void (window.late = window.shared = null));
    await share.tap();
    await page.waitForFunction(() => window.shared);
    assert.deepEqual(await page.evaluate(() => window.shared), [all[1].name]);
    await page.getByRole('button', { name: 'End the selection' }).tap();
  });

  it('what is read for the share sheet is given up with the selection, and the next one can be shared', async () => {
    const share = page.getByRole('button', { name: 'Share the selection' });
    let [asked, given] = [0, 0];
    server.intercept = (path, response) => {
      if (!path.startsWith('/api/file/')) return false;
      asked += 1;
      response.on('close', () => (given += 1));
      return true;
    };
    await page.getByRole('button', { name: 'Select', exact: true }).tap();
    await tile(page, 3).tap();
    await share.tap();
    for (let wait = 0; wait < 100 && asked === 0; wait += 1) await page.waitForTimeout(50);
    await page.getByRole('button', { name: 'End the selection' }).tap();
    for (let wait = 0; wait < 100 && given === 0; wait += 1) await page.waitForTimeout(50);
    assert.deepEqual([asked, given], [1, 1]);
    server.intercept = () => false;
    await page.evaluate(() => void (window.shared = null));
    await page.getByRole('button', { name: 'Select', exact: true }).tap();
    await tile(page, 5).tap();
    await share.tap();
    await page.waitForFunction(() => window.shared);
    assert.deepEqual(await page.evaluate(() => window.shared), [all[5].name]);
    await page.getByRole('button', { name: 'End the selection' }).tap();
  });

  it('a session that has ended is noticed at the share sheet', async () => {
    await page.getByRole('button', { name: 'Select', exact: true }).tap();
    await tile(page, 6).tap();
    await tile(page, 7).tap();
    await gridShown(page);
    await visitor.context.clearCookies();
    await page.getByRole('button', { name: 'Share the selection' }).tap();
    await page.getByLabel('Password', { exact: true }).waitFor();
    quiet(visitor);
  });
});

describe('through a link to two albums', () => {
  let gallery;
  let visitor;
  let page;
  /** An item that is only in the second album. */
  const second = 30;
  const shown = () => page.locator('.slide-active.slide-shown').waitFor();
  before(async () => {
    gallery = await mock(60, { albums: [['Wedding', 10], ['Party', 40]] });
    gallery.opens = ['Wedding', 'Party'];
    gallery.link = { download: true, originals: true };
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(gallery.url);
    await logIn(page);
  });
  after(async () => {
    await visitor?.close();
    await gallery?.close();
  });

  it('an item of the second is there after a reload, and for who gets its address', async () => {
    await page.getByRole('button', { name: 'Wedding' }).click();
    await screenshot(page, 'two albums');
    await page.getByRole('link', { name: 'Party' }).click();
    await tile(page, second).click();
    await shown();
    gallery.asked.length = 0;
    await page.reload();
    await shown();
    assert.match(await page.locator('.caption').textContent(), /Party.*31.*40/);
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(address);
    await shown();
    assert.match(await page.locator('.caption').textContent(), /Party.*31.*40/);
    await page.keyboard.press('Escape');
    await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
    await tile(page, second).waitFor();
  });

  it('favourites are those of both, and are downloaded together', async () => {
    for (const number of [5, second]) {
      await tile(page, number).focus();
      await page.keyboard.press('f');
    }
    await page.getByRole('link', { name: 'Favourites' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 2);
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    await page.getByRole('button', { name: 'Prepare' }).click();
    await page.getByRole('link', { name: /^Download/ }).waitFor();
    assert.deepEqual(gallery.wanted.pop().keys, [5, second].map((number) => all[number].key));
    await page.keyboard.press('Escape');
  });

  it('the address of a view that it does not open shows what it opens', async () => {
    const other = await visitor.context.newPage();
    await other.goto(`${gallery.url}/#/films`);
    await gridShown(other);
    assert.equal(new URL(other.url()).hash, '#/');
    assert.equal(await other.locator('.end').textContent(), '10 items');
    await other.getByRole('button', { name: 'Wedding' }).waitFor();
    await other.close();
  });

  it('the password of the gallery opens everything after the link has ended', async () => {
    await page.goto(`${gallery.url}/#/`);
    await page.locator('.end').getByText('10 items').waitFor();
    gallery.opens = gallery.link = null;
    await visitor.context.clearCookies();
    await page.evaluate(() => {
      const now = performance.now.bind(performance);
      performance.now = () => now() + 120_000;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.getByLabel('Password', { exact: true }).waitFor();
    await logIn(page);
    await page.locator('.end').getByText('53 photos').waitFor();
    await page.getByRole('link', { name: 'Films' }).waitFor();
    quiet(visitor);
  });
});
