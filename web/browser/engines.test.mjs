/**
 * The main walk of a guest in another engine, against running services:
 * ENGINE (`webkit`: WebKitGTK through WebKitWebDriver; `firefox`: Firefox ESR through WebDriver BiDi), GALLERY_URL,
 * GALLERY_LINK (the secret part of a link to everything), LIBRARY (the folder that was ingested, with a gallery.toml),
 * optionally SCREENSHOTS=DIR.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { open } from './engines/engine.mjs';
import { chat, holds } from './walks.mjs';

const { ENGINE: name, GALLERY_URL, GALLERY_LINK } = process.env;
const gallery = GALLERY_URL.replace(/\/$/, '');

/** Runs in the page. Whether every tile in the window shows its picture. */
const gridShown = () => {
  const inside = [...document.querySelectorAll('.tile')].filter((tile) => {
    const { top, bottom } = tile.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  });
  return inside.length > 0 && inside.every((tile) => tile.matches('.tile-loaded, .tile-bare'));
};
/** Runs in the page. The URL of the picture that the viewer shows sharply. */
const sharp = () => {
  const image = document.querySelector('.slide-active .frame-image img');
  return Boolean(image?.complete && image.naturalWidth > 0 && /size=screen/.test(image.src)) && image.src;
};
const hash = () => decodeURIComponent(location.hash);

describe(`a guest with ${name}`, () => {
  let browser;
  let talk;
  before(async () => {
    talk = await chat(`${gallery}/l/${GALLERY_LINK}`);
    browser = await open(name);
    await browser.resize(1440, 900);
  });
  after(async () => {
    await browser?.close();
    await talk?.close();
  });

  it('follows the link in a chat, and sees the cover and the grid', async () => {
    await browser.go(talk.url);
    await browser.click('a', 'Our photos');
    await browser.when(() => document.querySelector('.cover-loaded') !== null);
    await browser.when(gridShown);
    assert.equal(await browser.run(() => location.href), `${gallery}/#/`);
    assert.equal(await browser.run(() => document.querySelector('h1').textContent.trim()), 'Anna & Ben');
    await browser.screenshot('cover-1440');
  });

  it('scrolls to the end, where pictures are too', async () => {
    await browser.run(() => scrollTo(0, document.documentElement.scrollHeight));
    await browser.when(() => Math.abs(scrollY + innerHeight - document.documentElement.scrollHeight) < 2);
    await browser.when(gridShown);
    await browser.screenshot('grid-1440');
    await browser.run(() => scrollTo(0, 0));
    await browser.when(gridShown);
  });

  it('opens a photo, goes on with the arrow keys, and closes by Esc', async () => {
    await browser.click('.tile-loaded:not(.tile-film)');
    const first = await browser.when(sharp);
    const key = await browser.run(hash);
    await browser.screenshot('photo-1440');
    // All of the window is the viewer's: also where the scroll bar of the page was.
    assert.deepEqual(await browser.run(() => [document.querySelector('dialog.lightbox').offsetWidth, document.documentElement.clientWidth]), [1440, 1440]);
    await browser.press('ArrowRight');
    await browser.when((before) => decodeURIComponent(location.hash) !== before, key);
    await browser.press('ArrowLeft');
    assert.equal(await browser.when(sharp), first);
    assert.equal(await browser.run(hash), key);
    await browser.press('Escape');
    await browser.when(() => document.querySelector('dialog.lightbox[open]') === null);
    assert.equal(await browser.run(() => document.activeElement.matches('.tile')), true);
  });

  it('watches a film to its end', async () => {
    await browser.click('a', 'Films');
    await browser.click('.tile-film');
    await browser.when(() => document.querySelector('.slide-active video')?.currentTime > 1);
    await browser.screenshot('film-1440');
    const way = await browser.run(() => {
      const video = document.querySelector('.slide-active video');
      video.currentTime = video.duration - 2;
      return new URL(video.currentSrc).protocol;
    });
    assert.equal(way, 'blob:');
    await browser.when(() => document.querySelector('.slide-active video').ended);
    await browser.press('Escape');
    await browser.when(() => document.querySelector('dialog.lightbox[open]') === null);
    await browser.click('a', 'All');
    await browser.when(gridShown);
  });

  it('takes a selection home, and the ZIP opens', async () => {
    await browser.click('button', 'Select');
    const keys = await browser.run(() => {
      const tiles = [...document.querySelectorAll('.tile-loaded:not(.tile-film)')];
      return tiles.slice(0, 2).map((tile) => tile.dataset.key);
    });
    for (const key of keys) await browser.click(`.tile[data-key="${key}"]`);
    await browser.screenshot('selection-1440');
    await browser.click('button', 'Download the selection');
    await browser.click('dialog button', 'Prepare');
    await browser.when(() => document.querySelector('dialog a[download]') !== null);
    await browser.screenshot('download-1440');
    await browser.click('dialog a[download]');
    await holds(await browser.saved(), keys);
    await browser.click('dialog button', 'Close');
    await browser.click('.selection button', 'End the selection');
    await browser.when(() => document.querySelector('.tile-selected, .selection, dialog[open]') === null);
  });

  it('fits a narrow window', async () => {
    await browser.resize(390, 844);
    await browser.run(() => scrollTo(0, 0));
    await browser.when(gridShown);
    assert.equal(await browser.run(() => innerWidth), 390);
    assert.equal(await browser.run(() => document.documentElement.scrollWidth <= innerWidth), true);
    await browser.screenshot('cover-390');
    await browser.run(() => document.querySelector('.tile').scrollIntoView());
    await browser.when(gridShown);
    await browser.screenshot('grid-390');
    await browser.click('.tile-loaded:not(.tile-film)');
    await browser.when(sharp);
    await browser.screenshot('photo-390');
    assert.equal(await browser.run(() => document.querySelector('dialog.lightbox').offsetWidth), 390);
    await browser.press('Escape');
  });

  it('left no error on the console', () => {
    // Firefox says this of a picture in a size that the page no longer wants, because the window has changed.
    const dropped = /^Failed to load .*\/api\/thumbnail\/.* A ServiceWorker intercepted the request/;
    assert.deepEqual(browser.errors().filter((text) => !dropped.test(text)), []);
  });
});
