/** A lightbox to test: a library over a mock of the API, with the built page (`npm run build`). */
import assert from 'node:assert/strict';
import { items, mock } from './mock.mjs';

export const COUNT = 40;
export const server = await mock(COUNT, { title: 'Anna & Ben' });
Object.assign(process.env, { GALLERY_URL: server.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: server.url });
export const { DESKTOP, PHONE, drag, gridShown, logIn, screenshot, visit } = await import('./visit.mjs');

const exposure = { lens: 'XF23mmF2 R WR', focalLength: 23, aperture: 2, shutterSpeed: '1/250', iso: 200 };

/** Photos have a picture for the screen. The second one is a live photo. Items have no date that repeats. */
export const library = items(COUNT).map((item, number) => ({
  ...item,
  dateTaken: `2024-06-${String(30 - (number % 28)).padStart(2, '0')}T${String(number % 24).padStart(2, '0')}:00:00`,
  camera: { make: 'FUJIFILM', model: 'X-T4' },
  thumbnails: { ...item.thumbnails, screen: item.thumbnails.large.replace('large', 'screen') },
  clip: number === 1 ? '/api/clip/1?v=1' : null,
  ...(number === 3 ? { latitude: -33.85681, longitude: 151.21513, exposure } : {}),
}));
server.change(library);

export const linkTo = (number) => `${server.url}/#/m/${library[number].key.replace(' ', '%20')}`;
export const at = (page) => page.evaluate(() => Number(/(\d{5})\.\w+$/.exec(location.hash)?.[1]));
export const shows = (page, number) =>
  page.waitForFunction((wanted) => Number(/(\d{5})\.\w+$/.exec(location.hash)?.[1]) === wanted && document.querySelector('.slide-active'), number);
export const boxOf = (page, selector) => page.locator(selector).first().boundingBox();
export const viewer = (page) => page.locator('dialog.lightbox');
export const still = (page) => page.waitForTimeout(450);

/** Opens an item as a link does. */
export async function openIn(page, number) {
  await page.goto('about:blank');
  await page.goto(linkTo(number));
  await page.locator('.slide-active.slide-shown').waitFor();
  await shows(page, number);
}

/** Waits for what happens outside the page. */
export async function until(page, holds) {
  for (let wait = 0; wait < 200 && !holds(); wait += 1) await page.waitForTimeout(50);
  assert.ok(holds(), String(holds));
}

/** Waits until the session's end is noticed, and comes back to the item by the password. */
export async function comeBack(page) {
  const field = page.getByLabel('Password', { exact: true });
  await field.waitFor();
  server.welcomes = true;
  await field.fill('mock');
  await page.getByRole('button', { name: 'Open the gallery' }).click();
  await page.locator('.slide-active.slide-shown').waitFor();
}
