/**
 * A film from its first segment to its last, in a real browser, against running services:
 * GALLERY_URL, GALLERY_PASSWORD, STORE_ORIGIN (the origin of its segments), SEGMENTS (the least number of segments).
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DESKTOP, gallery, logIn, screenshot, store, visit } from './visit.mjs';

/** The fastest playback rate of Chromium. */
const RATE = 16;
const wanted = Number(process.env.SEGMENTS);

describe('a long film', () => {
  let visitor;
  let page;
  before(async () => {
    assert.ok(wanted > 0, 'SEGMENTS is not set');
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(gallery);
    await logIn(page);
  });
  after(() => visitor?.close());

  it('plays to its end, each segment straight from the store', async () => {
    await page.getByRole('link', { name: 'Films' }).click();
    await page.locator('.tile-film[data-key$="long.mp4"]').click();
    await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1, null, { timeout: 60_000 });
    const duration = await page.evaluate((rate) => {
      const video = document.querySelector('video');
      video.muted = true;
      video.playbackRate = rate;
      return video.duration;
    }, RATE);
    await page.waitForTimeout(2000);
    await screenshot(page, 'long-film');
    await page.waitForFunction(() => document.querySelector('video').ended, null, { timeout: 240_000 });
    const { errors, violations, responses } = visitor.seen;
    const fromStore = responses.filter((response) => new URL(response.url()).origin === store);
    // A segment is a file, or a range of one.
    const nameOf = (each) => `${new URL(each.url()).pathname} ${each.request().headers().range ?? ''}`;
    const segments = new Set(fromStore.filter((each) => each.ok()).map(nameOf));
    assert.ok(segments.size >= wanted, `${segments.size} segments of ${duration} s`);
    assert.deepEqual(fromStore.filter((each) => !each.ok()).map((each) => `${each.status()} ${each.url()}`), []);
    assert.deepEqual(violations, []);
    assert.deepEqual(errors.filter((text) => !text.includes('status of 401')), []);
  });
});
