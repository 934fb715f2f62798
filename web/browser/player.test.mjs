/**
 * The page's player in a real browser, over a film with two rungs, two sounds, subtitles, chapters and previews:
 * GALLERY_URL, GALLERY_PASSWORD, STORE_ORIGIN, FILM (the key of the film).
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { DESKTOP, gallery, gridShown, logIn, ONCE, PHONE, required, screenshot, store, visit } from './visit.mjs';

const key = required('FILM');
/** The most of a film that nobody plays, and the most that is loaded ahead, in bytes and seconds. */
const UNWATCHED_BYTES = 1_000_000;
const AHEAD = 30.5;

const hash = `#/m/${encodeURIComponent(key)}`;
const isMedia = (url) => {
  const { origin, pathname } = new URL(url);
  return origin === store && /\/hls\/.*\.(?:ts|mp4|m4s)$/.test(pathname);
};
/** A stand-in for a token, which can be ended. */
const OLD = `~${'A'.repeat(99)}`;
/** A token that has ended is refused. */
const unexpected = (errors) => errors.filter((text) => !text.includes('status of 401'));

/** Opens the film without playing it, as a link does. */
async function open(page) {
  await page.evaluate((to) => (location.hash = to), hash);
  await page.locator('.slide-active .start').waitFor();
}

async function close(page) {
  await page.keyboard.press('Escape');
  await page.locator('dialog.lightbox').waitFor({ state: 'hidden' });
}

async function play(page) {
  await page.locator('.slide-active .start').click();
  await moves(page);
}

/** Waits until the film has gone on. */
async function moves(page) {
  const from = await time(page);
  await page.waitForFunction((at) => {
    const video = document.querySelector('.slide-active video');
    return video && !video.paused && video.currentTime > at + 0.2;
  }, from);
}

const film = (page, read) => page.locator('.slide-active video').evaluate(read);
const time = (page) => film(page, (video) => video.currentTime).catch(() => 0);
const ahead = (page) =>
  film(page, ({ buffered, currentTime }) => {
    for (let at = 0; at < buffered.length; at += 1) {
      if (buffered.start(at) <= currentTime + 0.1 && currentTime <= buffered.end(at)) return buffered.end(at) - currentTime;
    }
    return 0;
  });

/** Where an element lies, once it has stopped moving. */
async function still(locator) {
  let before = await locator.boundingBox();
  for (let turn = 0; turn < 60; turn += 1) {
    await locator.page().waitForTimeout(150);
    const box = await locator.boundingBox();
    if (JSON.stringify(before) === JSON.stringify(box)) return box;
    before = box;
  }
  throw new Error('it never stands still');
}

/** Chooses in the settings, as a person does. */
async function choose(page, menu, label) {
  await page.mouse.move(600, 400);
  const button = page.getByRole('button', { name: 'Settings' });
  if ((await button.getAttribute('aria-expanded')) === 'false') await button.click();
  await page.getByRole('combobox', { name: menu }).selectOption({ label });
}

describe('a film on a phone that nobody plays', () => {
  it('loads its playlists and one segment of each kind', async () => {
    const visitor = await visit(PHONE);
    const { page } = visitor;
    try {
      await page.goto(gallery);
      await logIn(page);
      const session = await page.context().newCDPSession(page);
      await session.send('Network.enable');
      let bytes = 0;
      session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
      const asked = [];
      page.on('request', (request) => asked.push(request));
      await open(page);
      await page.waitForFunction(() => document.querySelector('.slide-active video')?.buffered.length > 0);
      await page.waitForTimeout(4000);
      assert.ok(bytes <= UNWATCHED_BYTES, `${bytes} bytes`);
      const media = asked.filter((request) => isMedia(request.url()));
      // A file's first request may be for what comes before its segments.
      const ranges = media.filter((request) => !(request.headers().range ?? '').startsWith('bytes=0-'));
      const files = ranges.map((request) => new URL(request.url()).pathname);
      assert.equal(files.length, new Set(files).size, files.join('\n'));
      assert.ok(files.length <= 2, files.join('\n'));
      assert.equal(asked.filter((request) => /previews|chapters/.test(request.url())).length, 0);
      await screenshot(page, 'player-phone-before');
      await play(page);
      await page.waitForTimeout(3500);
      await page.touchscreen.tap(195, 380);
      await page.getByRole('button', { name: 'Settings' }).tap();
      await screenshot(page, 'player-phone-settings');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
      await page.locator('.slide-active .film-captions').waitFor();
      await page.setViewportSize({ width: 320, height: 640 });
      const last = await still(page.locator('.slide-active .film-wide'));
      assert.ok(last.x + last.width <= 320, `the last button ends at ${last.x + last.width}`);
      assert.deepEqual(unexpected(visitor.seen.errors), []);
      assert.deepEqual(visitor.seen.violations, []);
    } finally {
      await visitor.close();
    }
  });
});

describe('the player', () => {
  let visitor;
  let page;
  before(async () => {
    visitor = await visit(DESKTOP);
    page = visitor.page;
    await page.goto(gallery);
    await logIn(page);
  });
  after(() => visitor?.close());
  beforeEach(async () => {
    if (await page.locator('dialog.lightbox').isVisible()) await close(page);
    await page.evaluate(() => localStorage.removeItem('film-places'));
    await page.reload();
    await gridShown(page);
  });

  it('keeps to what it may load ahead', ONCE, async () => {
    await open(page);
    await play(page);
    let most = 0;
    for (let turn = 0; turn < 12 || (most <= 10 && turn < 60); turn += 1) {
      await page.waitForTimeout(400);
      most = Math.max(most, await ahead(page));
    }
    assert.ok(most > 10 && most <= AHEAD, `${most} s ahead`);
  });

  it('has menus that do what they say', ONCE, async () => {
    // The chapters come late, when a list has the focus.
    let chaptersMayCome;
    const held = new Promise((resolve) => (chaptersMayCome = resolve));
    await page.route('**/chapters.json?**', async (route) => (await held, route.continue()));
    await open(page);
    await play(page);
    const height = () => film(page, (video) => video.videoHeight);
    await choose(page, 'Quality', '360p');
    await page.waitForFunction(() => document.querySelector('.slide-active video').videoHeight === 360);
    await choose(page, 'Quality', '720p');
    await page.waitForFunction(() => document.querySelector('.slide-active video').videoHeight === 720);
    assert.equal(await height(), 720);
    await choose(page, 'Speed', '2×');
    assert.equal(await film(page, (video) => video.playbackRate), 2);
    await choose(page, 'Speed', 'Normal');

    const sounds = page.getByRole('combobox', { name: 'Sound' });
    const names = await sounds.locator('option').allTextContents();
    assert.equal(names.length, 2, names.join());
    const second = page.waitForRequest((request) => /sound-2\.\w+\?/.test(request.url()) && isMedia(request.url()));
    await choose(page, 'Sound', names[1]);
    await second;
    await moves(page);
    await page.waitForFunction((name) => document.querySelector('select[name=sound]')?.selectedOptions[0].textContent === name, names[1]);

    const subtitles = await page.getByRole('combobox', { name: 'Subtitles' }).locator('option').allTextContents();
    assert.equal(subtitles[0], 'Off');
    await choose(page, 'Subtitles', subtitles[1]);
    await page.waitForFunction(() => {
      const shown = [...document.querySelector('.slide-active video').textTracks].filter(({ mode }) => mode === 'showing');
      return shown.length === 1 && shown[0].cues.length > 0;
    });
    assert.equal(await page.getByRole('combobox', { name: 'Chapter' }).count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement.matches('.film-panel select')), true);
    chaptersMayCome();
    await page.locator('select[name=chapter] option').nth(1).waitFor({ state: 'attached' });
    await screenshot(page, 'player-settings');
    const chapters = await page.getByRole('combobox', { name: 'Chapter' }).locator('option').allTextContents();
    assert.ok(chapters.length >= 2, chapters.join());
    await choose(page, 'Chapter', chapters[1]);
    await moves(page);
    assert.equal(`0:${String(Math.floor(await time(page))).padStart(2, '0')}`.slice(0, 3), chapters[1].slice(0, 3));
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.film-panel').isVisible(), false);
    assert.equal(await page.locator('dialog.lightbox').isVisible(), true);
    await page.unroute('**/chapters.json?**');
  });

  it('listens to the keyboard', ONCE, async () => {
    await open(page);
    await page.keyboard.press(' ');
    await moves(page);
    await page.keyboard.press('k');
    assert.equal(await film(page, (video) => video.paused), true);
    const from = await time(page);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    assert.ok(Math.abs((await time(page)) - from - 5) < 0.1);
    await page.keyboard.press('m');
    assert.equal(await film(page, (video) => video.muted), true);
    await page.keyboard.press('m');
    await page.keyboard.press('ArrowDown');
    assert.equal(await film(page, (video) => video.volume), 0.95);
    await page.keyboard.press('c');
    await page.waitForFunction(() => [...document.querySelector('.slide-active video').textTracks].some(({ mode }) => mode === 'showing'));
    await page.keyboard.press('c');
    await page.waitForFunction(() => [...document.querySelector('.slide-active video').textTracks].every(({ mode }) => mode !== 'showing'));
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement?.matches('.frame'));
    await page.waitForTimeout(400);
    await screenshot(page, 'player-full-screen');
    await page.keyboard.press('f');
    await page.waitForFunction(() => document.fullscreenElement === null);
    await page.keyboard.press('Home');
    assert.equal(await time(page), 0);
    // With Shift, the arrows turn to a neighbour as they do at a photo.
    const link = page.url();
    const next = await page.getByRole('button', { name: 'Next' }).isEnabled();
    await page.keyboard.press(next ? 'Shift+ArrowRight' : 'Shift+ArrowLeft');
    await page.waitForFunction((before) => location.href !== before, link);
  });

  it('shows what is under the pointer, and goes there', async () => {
    await open(page);
    await play(page);
    await page.waitForFunction(() => Number(document.querySelector('.film-line').max) > 0);
    const line = await still(page.locator('.film-line'));
    const y = line.y + line.height / 2;
    await page.mouse.move(line.x + line.width / 4, y);
    await page.mouse.down();
    await page.mouse.move(line.x + line.width * 0.6, y, { steps: 5 });
    const picture = page.locator('.film-preview-picture');
    await picture.waitFor();
    const sheet = await picture.evaluate((element) => element.style.backgroundImage);
    assert.match(sheet, /previews-\d+\.webp/);
    const loaded = await page.evaluate(async (url) => {
      const image = new Image();
      image.src = url;
      await image.decode();
      return image.naturalWidth;
    }, /url\("(.*)"\)/.exec(sheet)[1]);
    assert.ok(loaded > 0);
    await screenshot(page, 'player-preview');
    const duration = await film(page, (video) => video.duration);
    assert.ok((await time(page)) < duration / 2, 'it sought before the pointer let go');
    await page.mouse.up();
    await moves(page);
    assert.ok(Math.abs((await time(page)) - duration * 0.6) < 3, String(await time(page)));
    assert.equal(await page.locator('.film-preview').isVisible(), false);
    // The chapters come from where the list of previews is.
    await page.locator('.film-line[aria-valuetext*="The end"]').waitFor({ state: 'attached' });
  });

  it('goes on where one was, after the page was closed', ONCE, async () => {
    await open(page);
    await play(page);
    await film(page, (video) => (video.currentTime = 13));
    await moves(page);
    const kept = await page.evaluate(() => localStorage.getItem('film-places'));
    assert.ok(kept && !kept.includes('mp4'), kept);
    await page.reload();
    await page.locator('.slide-active .start').waitFor();
    await play(page);
    assert.ok((await time(page)) > 12, String(await time(page)));
    await film(page, (video) => (video.currentTime = video.duration - 0.5));
    await page.waitForFunction(() => document.querySelector('.slide-active video').ended);
    assert.equal(await page.evaluate(() => localStorage.getItem('film-places')), '[]');
  });

  it('asks for new URLs at once when those it has have expired', async () => {
    await open(page);
    await play(page);
    await page.keyboard.press(' ');
    await page.waitForTimeout(500);
    // The store refuses each URL that a playlist has told so far.
    let refused = 0;
    await page.route(`${store}/**`, async (route) => {
      const url = new URL(route.request().url());
      if (url.searchParams.has('again')) {
        url.searchParams.delete('again');
        return route.continue({ url: url.href });
      }
      refused += 1;
      return route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' }, body: 'Request has expired' });
    });
    let renewed = 0;
    await page.route('**/api/hls/**/*.m3u8*', async (route) => {
      const response = await route.fetch();
      renewed += 1;
      const body = (await response.text()).replaceAll(/https?:\/\/[^\s"]+/g, (url) => `${url}&again=1`);
      await route.fulfill({ response, body });
    });
    const began = Date.now();
    await film(page, (video) => {
      video.currentTime = video.duration * 0.9;
      return video.play();
    });
    await page.waitForFunction(() => {
      const video = document.querySelector('.slide-active video');
      return !video.seeking && video.readyState > 2 && video.currentTime > video.duration * 0.9;
    });
    const took = Date.now() - began;
    await page.unroute(`${store}/**`);
    await page.unroute('**/api/hls/**/*.m3u8*');
    assert.ok(refused > 0 && refused <= 6, `${refused} refusals`);
    assert.ok(renewed > 0 && renewed <= 4, `${renewed} playlists`);
    // It takes less than a second where nothing else runs. Without this care it is half a minute.
    assert.ok(took < 10_000, `${took} ms`);
  });

  it('goes on with another token where its playlists have ended too', async () => {
    let token = '';
    let ended = false;
    let refused = 0;
    await page.route('**/api/playback?**', async (route) => {
      // A neighbour may be a film too.
      if (!route.request().url().includes(encodeURIComponent(key))) return route.continue();
      const response = await route.fetch();
      const body = await response.text();
      token = /~[^/]+/.exec(body)[0];
      await route.fulfill({ response, body: ended ? body : body.replace(token, OLD) });
    });
    await page.route('**/api/hls/**', (route) => {
      const url = route.request().url();
      const current = url.includes('/~') && !url.includes(OLD);
      if (current || !ended) return route.continue({ url: url.replace(OLD, token) });
      refused += 1;
      // Players on other origins may read a refusal too.
      const headers = { 'access-control-allow-origin': new URL(gallery).origin };
      return route.fulfill({ status: 401, headers, contentType: 'application/problem+json', body: '{"status":401}' });
    });
    await open(page);
    await play(page);
    await page.keyboard.press(' ');
    ended = true;
    await page.route(`${store}/**`, (route) => {
      if (refused > 0) return route.continue();
      return route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' }, body: 'Request has expired' });
    });
    const began = Date.now();
    await film(page, (video) => {
      video.currentTime = 40;
      void video.play().catch(() => undefined);
    });
    await page.waitForFunction(() => {
      const video = document.querySelector('.slide-active video');
      return video && !video.paused && video.readyState > 2 && video.currentTime > 39;
    });
    const took = Date.now() - began;
    for (const pattern of ['**/api/playback?**', '**/api/hls/**', `${store}/**`]) await page.unroute(pattern);
    assert.ok(refused > 0, 'the old playlist was never asked for');
    assert.ok(took < 10_000, `${took} ms`);
  });

  it('turns no wheel once the viewer has paused it while it waits', ONCE, async () => {
    await open(page);
    await play(page);
    // The store never answers.
    await page.route(`${store}/**`, () => undefined);
    await film(page, (video) => (video.currentTime = 40));
    const waiting = page.locator('.slide-active .frame-waiting');
    await waiting.waitFor();
    await page.keyboard.press(' ');
    await waiting.waitFor({ state: 'detached' });
    await page.unroute(`${store}/**`);
  });

  it('ends where one picture is left of its last segment', ONCE, async () => {
    await page.evaluate((to) => (location.hash = to), '#/m/short.mp4');
    await page.locator('.slide-active .start').click();
    await page.waitForFunction(() => document.querySelector('.slide-active video')?.ended);
    const [at, end] = await film(page, ({ currentTime, duration }) => [currentTime, duration]);
    assert.ok(at === end && Math.abs(at - 49 / 12) < 0.05, `${at} of ${end} s`);
  });

  it('reports how a view went once it has ended, and nothing of a film that nobody played', async () => {
    const reports = [];
    const keep = (request) => {
      if (new URL(request.url()).pathname.endsWith('/report')) reports.push(request);
    };
    page.on('request', keep);
    await open(page);
    await close(page);
    await open(page);
    await play(page);
    await close(page);
    for (let turn = 0; turn < 40 && reports.length === 0; turn += 1) await page.waitForTimeout(100);
    page.off('request', keep);
    assert.equal(reports.length, 1, reports.map((request) => request.url()).join('\n'));
    assert.equal(reports[0].method(), 'POST');
    const { packaging, firstFrameMs, playedMs, failure, ...rest } = reports[0].postDataJSON();
    assert.deepEqual([packaging, failure], ['cmaf', null]);
    assert.ok(firstFrameMs > 0 && firstFrameMs < 20_000, `${firstFrameMs} ms`);
    assert.ok(playedMs >= 200, `${playedMs} ms`);
    assert.deepEqual(Object.keys(rest).sort(), ['stalledMs', 'stalls', 'switches']);
  });

  it('names the rules of the store when these forbid its segments', ONCE, async () => {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    await page.route(`${store}/**`, async (route) => {
      const response = await route.fetch();
      // Without the header, Playwright would add one.
      const headers = { ...response.headers(), 'access-control-allow-origin': 'https://elsewhere.example' };
      await route.fulfill({ response, headers });
    });
    const began = Date.now();
    await page.evaluate((to) => (location.hash = to), hash);
    await page.getByText('CORS rules of the bucket').waitFor();
    const took = Date.now() - began;
    await screenshot(page, 'player-cors');
    await page.unroute(`${store}/**`);
    await session.send('Network.setCacheDisabled', { cacheDisabled: false });
    // It was 40 s once.
    assert.ok(took < 15_000, `${took} ms`);
    visitor.seen.errors = visitor.seen.errors.filter((text) => !/CORS policy|ERR_FAILED/.test(text));
  });

  it('left no error on the console and broke no policy', () => {
    assert.deepEqual(unexpected(visitor.seen.errors).filter((text) => !text.includes('status of 403') && !/CORS policy|ERR_FAILED/.test(text)), []);
    assert.deepEqual(visitor.seen.violations, []);
  });
});
