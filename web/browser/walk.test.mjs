/**
 * A guest's walk on a slow phone, from the link in a chat to a ZIP on the desk, against running services:
 * GALLERY_URL, GALLERY_PASSWORD, STORE_ORIGIN, GALLERY_LINK (the secret part of a link to everything), LIBRARY (the
 * folder that was ingested, whose gallery.toml has a title and a cover), optionally CHROMIUM and SCREENSHOTS=DIR.
 * The reader of the ZIP is unzip.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gallery, gridShown, PHONE, required, screenshot, visit } from './visit.mjs';
import { chat, holds } from './walks.mjs';

/** The profile of the benches: 1.6 Mbit/s, 150 ms, a processor that is four times as slow. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 200_000 };
const PROCESSOR = 4;
/** In ms. On a machine with nothing else to do it takes a fourth of this. Who waits so long has gone. */
const PATIENCE = 20_000;

const link = `${gallery}/l/${required('GALLERY_LINK')}`;
required('LIBRARY');

describe('a guest with a slow phone', () => {
  let visitor;
  let page;
  let talk;
  const favourites = [];
  before(async () => {
    talk = await chat(link);
    visitor = await visit({ ...PHONE, acceptDownloads: true });
    page = visitor.page;
    await page.goto(talk.url);
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', NETWORK);
    await session.send('Emulation.setCPUThrottlingRate', { rate: PROCESSOR });
  });
  after(async () => {
    await visitor?.close();
    await talk?.close();
  });

  /** Does something, and says how long it took. */
  async function timed(what, act) {
    const began = performance.now();
    await act();
    const took = Math.round(performance.now() - began);
    console.log(`slow walk: ${what} after ${took} ms`);
    assert.ok(took < PATIENCE, `${what} only after ${took} ms`);
  }

  it('follows the link in a chat, and sees the cover and the first pictures', async () => {
    await timed('the first pictures', async () => {
      await page.getByRole('link', { name: 'Our photos' }).tap({ noWaitAfter: true });
      await page.locator('.tile-loaded').first().waitFor();
    });
    await page.locator('.cover-loaded').waitFor();
    await page.getByRole('heading', { level: 1, name: 'Anna & Ben' }).waitFor();
    await gridShown(page);
    // The secret of the link is not left in the address.
    assert.equal(page.url(), `${gallery}/#/`);
    await screenshot(page, 'walk-cover');
  });

  it('opens a photo, which becomes sharp', async () => {
    const tile = page.locator('.tile-loaded:not(.tile-film)').first();
    await timed('a sharp photo', async () => {
      await tile.tap();
      await page.waitForFunction(() => {
        const image = document.querySelector('.slide-active .frame-image img');
        return image?.complete && image.naturalWidth > 0 && /size=screen/.test(image.src);
      });
    });
    await screenshot(page, 'walk-photo');
  });

  it('gives two photos a heart', async () => {
    const heart = page.getByRole('button', { name: 'Add to favourites' });
    for (let turn = 0; favourites.length < 2 && turn < 10; turn += 1) {
      const key = await page.evaluate(() => decodeURIComponent(location.hash.replace('#/m/', '')));
      if (!/\.mp4$/.test(key)) {
        await heart.tap();
        favourites.push(key);
      }
      await page.getByRole('button', { name: 'Next', exact: true }).tap();
      await page.waitForFunction((before) => decodeURIComponent(location.hash) !== `#/m/${before}`, key);
    }
    await page.getByRole('button', { name: 'Close', exact: true }).tap();
    assert.equal(await page.locator('.tile-favourite').count(), 2);
  });

  it('takes the favourites home in a ZIP, which a desk opens', async () => {
    await page.getByRole('button', { name: 'All', exact: true }).tap();
    await page.getByRole('link', { name: 'Favourites' }).tap();
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 2);
    await gridShown(page);
    await screenshot(page, 'walk-favourites');
    await page.getByRole('banner').getByRole('button', { name: 'Download' }).tap();
    await page.getByRole('button', { name: 'Prepare' }).tap();
    const ready = page.getByRole('dialog').getByRole('link', { name: /^Download/ });
    await ready.waitFor();
    await screenshot(page, 'walk-download');
    await timed('a ZIP', async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), ready.tap()]);
      assert.equal(download.suggestedFilename(), 'Selection.zip');
      await holds(await download.path(), favourites);
    });
  });

  it('left no error on the console and broke no policy', () => {
    assert.deepEqual(visitor.seen.errors, []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});
