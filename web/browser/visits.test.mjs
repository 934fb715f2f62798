/**
 * What a guest's visits cost, in a real browser on a phone, as the gallery's own log counts it:
 * GALLERY_URL, GALLERY_PASSWORD, STORE_ORIGIN, GALLERY_LOG (the file of the log), VISITS (what each event may cost at
 * most, as JSON). The numbers are those from which `edge-gallery cost` reckons.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { gallery, gridShown, logIn, PHONE, required, visit } from './visit.mjs';

const limits = JSON.parse(required('VISITS'));
const log = required('GALLERY_LOG');

let read = 0;

/** The requests since the last call. */
async function requests(page) {
  // The log lags behind: lines are written together. Neighbours of a photo are fetched a moment later.
  await page.waitForTimeout(1_500);
  const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
  const fresh = lines.slice(read).map((line) => JSON.parse(line));
  read = lines.length;
  return fresh.filter(({ route }) => route !== undefined);
}

async function check(page, name) {
  const seen = await requests(page);
  const sum = (field) => seen.reduce((total, line) => total + (line[field] ?? 0), 0);
  const cost = { requests: seen.length, bytes: sum('bytes'), kvReads: sum('kv_reads'), storeCalls: sum('store_calls') };
  console.log(`${name}: ${JSON.stringify(cost)}`);
  const routes = seen.map(({ method, route, status }) => `${method} ${route} ${status}`).join('\n');
  for (const [what, most] of Object.entries(limits[name])) {
    assert.ok(cost[what] <= most, `a ${name} took ${cost[what]} ${what}, at most ${most} wanted:\n${routes}`);
  }
}

describe('a guest on a phone', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit({ ...PHONE, serviceWorkers: 'allow' });
    page = visitor.page;
    read = (await readFile(log, 'utf8')).split('\n').length - 1;
  });
  after(() => visitor?.close());

  it('visits for the first time', async () => {
    await page.goto(gallery);
    await logIn(page);
    // It comes when the pictures are there.
    await page.evaluate(() => navigator.serviceWorker.ready);
    await check(page, 'first visit');
  });

  it('comes back', async () => {
    await page.goto('about:blank');
    await requests(page);
    await page.goto(gallery);
    await gridShown(page);
    await check(page, 'return');
  });

  it('opens a photo', async () => {
    await page.locator('.tile:not(.tile-film, .tile-waiting)').first().tap();
    await page.waitForFunction(() => {
      const image = document.querySelector('.slide-active .frame-image img');
      return image?.complete && image.naturalWidth > 0 && /size=screen/.test(image.src);
    });
    await check(page, 'photo');
    await page.getByRole('button', { name: 'Close' }).tap();
  });

  it('begins a film', async () => {
    await page.getByRole('button', { name: 'All', exact: true }).tap();
    await page.getByRole('link', { name: /^Films/ }).tap();
    await page.locator('.tile-film').first().waitFor();
    await gridShown(page);
    await requests(page);
    await page.locator('.tile-film').first().tap();
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 2, null, { timeout: 60_000 });
    await check(page, 'film');
  });
});
