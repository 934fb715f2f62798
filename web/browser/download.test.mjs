/**
 * The dialog that takes pictures home: against a mock of the API, with the built page (`npm run build`). Optionally
 * CHROMIUM and SCREENSHOTS=DIR.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { mock } from './mock.mjs';

const COUNT = 1234;
const server = await mock(COUNT, { title: 'Anna & Ben' });
Object.assign(process.env, { GALLERY_URL: server.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: server.url });
const { DESKTOP, PHONE, gridShown, logIn, screenshot, visit } = await import('./visit.mjs');
after(() => server.close());

const opener = (page) => page.getByRole('banner').getByRole('button', { name: 'Download' });
const dialog = (page) => page.getByRole('dialog', { name: 'Download' });
const prepare = (page) => dialog(page).getByRole('button', { name: 'Prepare' });
const closed = (page) => dialog(page).waitFor({ state: 'detached' });
const focused = (page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent);
const open = async (page) => {
  await opener(page).click();
  await dialog(page).waitFor();
};
/** What the browser downloads when something is done. */
async function downloaded(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  const seen = { name: download.suggestedFilename(), path: new URL(download.url()).pathname };
  await download.delete();
  return seen;
}
const isPrepare = (path, request) => path === '/api/download' && request.method === 'POST';
/** Answers the next requests for downloads with a problem. */
const refuseWith = (status, detail, headers = {}) => (path, response, request) => {
  if (!isPrepare(path, request)) return false;
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers }).end(JSON.stringify({ detail, requestId: 'r-1' }));
  return true;
};
/** Answers no request for a download. `stopped` resolves when the page gives one up. */
function silence() {
  let gone;
  const stopped = new Promise((done) => (gone = done));
  server.intercept = (path, response, request) => {
    if (!isPrepare(path, request)) return false;
    response.on('close', gone);
    return true;
  };
  return stopped;
}

describe('a download', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit({ ...DESKTOP, timezoneId: 'Europe/Zurich' });
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
  });
  afterEach(async () => {
    server.intercept = () => false;
    server.download = { parts: 1, leftOut: 0 };
    server.wanted.length = 0;
    if (await dialog(page).isVisible()) await page.keyboard.press('Escape');
    await closed(page);
  });
  after(() => visitor?.close());

  it('loads its dialog when it is opened, and not before', async () => {
    const scripts = [];
    page.on('request', (request) => request.resourceType() === 'script' && scripts.push(request.url()));
    await page.reload();
    await gridShown(page);
    // The page loads the lightbox once it is at rest.
    await page.locator('dialog.lightbox').waitFor({ state: 'attached' });
    const early = scripts.filter((url) => url.includes('dialog'));
    assert.deepEqual(early, []);
    await open(page);
    const late = scripts.filter((url) => url.includes('dialog'));
    assert.equal(late.length, 1);
  });

  it('says so when its dialog does not come', async () => {
    await page.reload();
    await gridShown(page);
    await page.route('**/assets/dialog-*.js', (route) => route.abort());
    await opener(page).click();
    await page.getByRole('alert').getByText('could not be opened').waitFor();
    assert.equal(await dialog(page).count(), 0);
    await page.unroute('**/assets/dialog-*.js');
    await page.reload();
    await gridShown(page);
  });

  it('is made by the keyboard alone', async () => {
    await opener(page).focus();
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await dialog(page).getByText('Anna & Ben').waitFor();
    await dialog(page).getByText('1,097 photos · 137 films').waitFor();
    await page.waitForFunction(() => document.activeElement?.matches('input[value=original]'));
    await screenshot(page, 'download');
    await page.keyboard.press('ArrowDown');
    assert.equal(await dialog(page).getByRole('radio', { name: 'Screen size' }).isChecked(), true);
    for (let press = 0; press < 6; press += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null), true);
    }
    await prepare(page).focus();
    await page.keyboard.press('Enter');
    await dialog(page).getByText('1,234 files · 15 GB').waitFor();
    assert.deepEqual(server.wanted, [{ view: 'everything', size: 'screen' }]);
    assert.equal(await focused(page), 'Download 15 GB');
    await dialog(page).getByText('until 17 June at 14:00').waitFor();
    assert.equal(await dialog(page).getByText('left out').count(), 0);
    const { name, path } = await downloaded(page, () => page.keyboard.press('Enter'));
    assert.deepEqual([name, path], ['Gallery.zip', '/api/download/~0/Gallery.zip']);
    await dialog(page).getByText('was handed to your browser').waitFor();
    await dialog(page).getByRole('link', { name: 'Download again' }).waitFor();
    await page.keyboard.press('Escape');
    await closed(page);
    assert.equal(await focused(page), 'Download');
  });

  it('remembers nothing', async () => {
    await open(page);
    await dialog(page).getByRole('radio', { name: 'Screen size' }).check();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await closed(page);
    await open(page);
    assert.equal(await dialog(page).getByRole('radio', { name: 'Originals' }).isChecked(), true);
  });

  it('has several parts that are started one by one, and again', async () => {
    server.download = { parts: 3, leftOut: 2 };
    await open(page);
    await prepare(page).click();
    await dialog(page).getByText('2 items are left out').waitFor();
    assert.deepEqual(await dialog(page).getByRole('listitem').locator('> span').allTextContents(), [
      'Part 1 of 3 · 5.1 GB',
      'Part 2 of 3 · 5 GB',
      'Part 3 of 3 · 5 GB',
    ]);
    const next = () => dialog(page).locator('.button-primary').getAttribute('aria-label');
    assert.equal(await focused(page), 'Download part 1 of 3');
    for (const part of [1, 2]) {
      assert.equal(await next(), `Download part ${part} of 3`);
      const link = dialog(page).getByRole('link', { name: `Download part ${part} of 3` });
      assert.equal((await downloaded(page, () => link.click())).name, `Gallery (${part} of 3).zip`);
      await dialog(page).getByText(`Part ${part} of 3 was handed to your browser`).waitFor();
    }
    const again = dialog(page).getByRole('link', { name: 'Download part 1 of 3 again' });
    assert.equal((await downloaded(page, () => again.click())).name, 'Gallery (1 of 3).zip');
    assert.equal(await next(), 'Download part 3 of 3');
    await screenshot(page, 'download-parts');
  });

  it('says why it cannot be, and is tried again', async () => {
    server.intercept = refuseWith(409, 'This is too much for one download. Take one album at a time.');
    await open(page);
    await prepare(page).click();
    const alert = dialog(page).getByRole('alert');
    await alert.getByText('This is too much for one download. Take one album at a time.').waitFor();
    await alert.getByText('r-1').waitFor();
    await screenshot(page, 'download-error');
    assert.equal(await focused(page), 'Prepare');
    server.intercept = () => false;
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('link', { name: 'Download 15 GB' }).waitFor();
    assert.equal(await alert.textContent(), '');
  });

  it('is cancelled while it is prepared, and asked for again', async () => {
    const stopped = silence();
    await open(page);
    await dialog(page).getByRole('radio', { name: 'Screen size' }).check();
    await prepare(page).click();
    await dialog(page).getByText('Preparing…').waitFor();
    assert.equal(await focused(page), 'Cancel');
    assert.equal(await dialog(page).getByRole('radio', { name: 'Originals' }).isDisabled(), true);
    await screenshot(page, 'download-busy');
    await page.keyboard.press('Enter');
    await stopped;
    await prepare(page).waitFor();
    assert.equal(await focused(page), 'Prepare');
    assert.equal(await dialog(page).getByRole('alert').textContent(), '');
    server.intercept = () => false;
    await page.keyboard.press('Enter');
    await dialog(page).getByRole('link', { name: 'Download 15 GB' }).waitFor();
    assert.deepEqual(server.wanted, [{ view: 'everything', size: 'screen' }]);
  });

  it('is given up when the dialog is closed', async () => {
    const stopped = silence();
    await open(page);
    await prepare(page).click();
    await dialog(page).getByText('Preparing…').waitFor();
    await page.keyboard.press('Escape');
    await Promise.all([stopped, closed(page)]);
  });

  it('is of the view that is shown', async () => {
    await page.getByRole('link', { name: 'Films' }).click();
    await page.locator('.tile-film').first().waitFor();
    await open(page);
    await dialog(page).getByText('137 films').waitFor();
    assert.equal(await dialog(page).getByRole('radio').count(), 0);
    await prepare(page).click();
    await dialog(page).getByText('137 files').waitFor();
    assert.deepEqual(server.wanted, [{ view: 'films', size: 'original' }]);
    await page.keyboard.press('Escape');
    await closed(page);
    await page.getByRole('link', { name: 'All' }).click();
    await gridShown(page);
  });

  it('moves nothing of the page', async () => {
    const places = () =>
      page.evaluate(() => JSON.stringify([...document.querySelectorAll('.tile, h1, .filters, .header-actions')].map((each) => each.getBoundingClientRect())));
    await page.evaluate(() => (window.layoutShifts = []));
    const before = await places();
    await open(page);
    assert.equal(await places(), before);
    const height = () => dialog(page).evaluate((element) => element.offsetHeight);
    const asked = await height();
    await prepare(page).click();
    await dialog(page).getByRole('link', { name: /^Download/ }).waitFor();
    assert.equal(await height(), asked);
    await page.keyboard.press('Escape');
    await closed(page);
    assert.equal(await places(), before);
    assert.deepEqual(await page.evaluate(() => window.layoutShifts), []);
  });

  it('asks for the password where the session is gone', async () => {
    await open(page);
    await visitor.context.clearCookies();
    await prepare(page).click();
    await page.getByLabel('Password', { exact: true }).waitFor();
    await closed(page);
    await logIn(page);
  });

  it('left no error on the console and broke no policy', () => {
    const unexpected = visitor.seen.errors.filter((text) => !/status of (?:401|409)|ERR_FAILED/.test(text));
    assert.deepEqual(unexpected, []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});

describe('through a link', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(PHONE);
    page = visitor.page;
    await page.goto(server.url);
    await logIn(page);
  });
  const come = async (link) => {
    server.link = link;
    await page.reload();
    await gridShown(page);
  };
  after(async () => {
    server.link = null;
    await visitor?.close();
  });

  it('that is for looking only, there is no button', async () => {
    await come({ download: false, originals: true });
    assert.equal(await opener(page).isVisible(), false);
  });

  it('without originals there is one size, no film alone, and a word on what is left out', async () => {
    await come({ download: true, originals: false });
    server.download = { parts: 1, leftOut: 137 };
    await opener(page).tap();
    await dialog(page).getByText('2048 pixels').waitFor();
    assert.equal(await dialog(page).getByRole('radio').count(), 0);
    assert.equal(await dialog(page).getByText('Originals').count(), 0);
    await prepare(page).tap();
    await dialog(page).getByText('137 items are left out: this link does not give the originals.').waitFor();
    await dialog(page).getByText('1,097 files').waitFor();
    assert.deepEqual(server.wanted, [{ view: 'everything', size: 'screen' }]);
    await screenshot(page, 'download-left-out');
    await dialog(page).getByRole('button', { name: 'Close' }).tap();
    await closed(page);
    await page.getByRole('button', { name: 'All', exact: true }).tap();
    await page.getByRole('link', { name: /^Films/ }).tap();
    await page.locator('.tile-film').first().waitFor();
    assert.equal(await opener(page).isVisible(), false);
    await page.getByRole('button', { name: 'Films', exact: true }).tap();
    await page.getByRole('link', { name: /^Photos/ }).tap();
    await opener(page).waitFor();
  });

  it('without originals, nothing is offered for films alone', async () => {
    await page.goto(`${server.url}/#/`);
    await come({ download: true, originals: false });
    const selected = page.getByRole('button', { name: 'Download the selection' });
    await page.getByRole('button', { name: 'Select', exact: true }).tap();
    await page.locator('.tile-film').first().tap();
    await page.getByText('1 selected').waitFor();
    assert.equal(await selected.count(), 0);
    await page.locator('.tile:not(.tile-film)').first().tap();
    await selected.waitFor();
    await page.locator('.tile:not(.tile-film)').first().tap();
    await page.getByRole('button', { name: 'Add to favourites' }).tap();
    await page.getByRole('button', { name: 'End the selection' }).tap();
    await page.goto(`${server.url}/#/favourites`);
    await gridShown(page);
    await opener(page).tap();
    await dialog(page).getByText('Nothing of this can be downloaded.').waitFor();
    assert.equal(await prepare(page).count(), 0);
    await screenshot(page, 'download-nothing');
    await dialog(page).getByRole('button', { name: 'Close' }).tap();
    await closed(page);
  });

  it('a view that is gone is not said to hold nothing', async () => {
    await page.goto(`${server.url}/#/`);
    await gridShown(page);
    server.intercept = refuseWith(404, 'There is no such view.');
    await opener(page).tap();
    await prepare(page).tap();
    await dialog(page).getByRole('alert').getByText('There is no such view.').waitFor();
    server.intercept = () => false;
    await dialog(page).getByRole('button', { name: 'Close' }).tap();
    await closed(page);
  });

  it('with nothing in it, there is no button', async () => {
    server.link = null;
    server.change([]);
    await page.goto(server.url);
    await page.reload();
    await page.getByText('No photos or films yet').waitFor();
    assert.equal(await opener(page).isVisible(), false);
  });
});

describe('on a narrow screen', () => {
  it('fits, also with many parts and a dark page', async () => {
    const { items } = await import('./mock.mjs');
    server.change(items(COUNT));
    server.download = { parts: 12, leftOut: 3 };
    const visitor = await visit({ viewport: { width: 320, height: 568 }, colorScheme: 'dark', forcedColors: 'active' });
    const { page } = visitor;
    try {
      await page.goto(server.url);
      await logIn(page);
      await open(page);
      const fits = () =>
        dialog(page).evaluate((element) => {
          const { left, right, top, bottom } = element.getBoundingClientRect();
          return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && element.scrollWidth <= element.clientWidth;
        });
      assert.equal(await fits(), true);
      await prepare(page).click();
      await dialog(page).getByText('Part 12 of 12').waitFor();
      assert.equal(await fits(), true);
      await screenshot(page, 'download-narrow');
      const last = dialog(page).getByRole('link', { name: 'Download part 12 of 12' });
      await last.focus();
      await page.waitForTimeout(200);
      assert.equal(await last.evaluate((link) => {
        const { left, top, width, height } = link.getBoundingClientRect();
        return document.elementFromPoint(left + width / 2, top + height / 2) === link;
      }), true);
      assert.equal(await dialog(page).getByRole('button', { name: 'Close' }).isVisible(), true);
    } finally {
      await visitor.close();
    }
  });
});
