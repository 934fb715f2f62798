/**
 * Pictures of the page for the docs: `node browser/screenshots.mjs FOLDER`, over a running gallery that GALLERY_URL,
 * GALLERY_PASSWORD and STORE_ORIGIN name. They are WebP and have at most 150 kB each. Optionally CHROMIUM.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gallery, password, visit } from './visit.mjs';

const [, , folder] = process.argv;
if (!folder) throw new Error('Name a folder for the pictures.');
const MOST = 150_000;
const QUALITIES = [0.9, 0.82, 0.74, 0.66, 0.55, 0.45, 0.35, 0.25];
const HEIGHTS = { 390: 844, 820: 1180, 1440: 900, 2560: 1300 };
const LOCALES = { de: 'de-DE', ar: 'ar-EG' };

const tile = (page, number) => page.locator('.tile-loaded').nth(number);
async function select(page) {
  await page.locator('.bar-actions button').first().click();
  for (const number of [0, 2, 3]) await tile(page, number).click();
}

/** What is done before a picture is taken. */
const SCREENS = {
  login: null,
  cover: async () => undefined,
  grid: (page) => page.locator('.month').nth(1).evaluate((month) => scrollTo(0, month.getBoundingClientRect().top + scrollY - 70)),
  async lightbox(page) {
    await tile(page, 2).click();
    await page.locator('.slide-active.slide-shown').waitFor();
  },
  selection: select,
  async download(page) {
    await page.locator('.bar-actions [aria-haspopup="dialog"], .bar-actions button:nth-child(2)').first().click();
    await page.locator('dialog.download[open]').waitFor();
  },
};

const WANTED = [
  ['cover', 1440, 'light', 'de'],
  ['cover', 390, 'dark', 'de'],
  ['grid', 2560, 'dark', 'de'],
  ['grid', 820, 'light', 'ar'],
  ['grid', 390, 'light', 'ar'],
  ['lightbox', 1440, 'light', 'de'],
  ['lightbox', 390, 'dark', 'ar'],
  ['selection', 820, 'dark', 'de'],
  ['selection', 390, 'light', 'ar'],
  ['login', 390, 'light', 'ar'],
  ['login', 1440, 'dark', 'de'],
  ['download', 1440, 'light', 'ar'],
  ['download', 390, 'dark', 'de'],
];

/** Chromium packs the picture itself. */
function packed(page, png, quality) {
  return page.evaluate(
    async ([base64, wanted]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality: wanted });
      let text = '';
      for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
      return btoa(text);
    },
    [png.toString('base64'), quality],
  );
}

await mkdir(folder, { recursive: true });
for (const [screen, width, colorScheme, language] of WANTED) {
  const phone = width < 500;
  const viewport = { width, height: HEIGHTS[width] };
  const touch = phone ? { deviceScaleFactor: 2, isMobile: true, hasTouch: true } : {};
  const { page, close } = await visit({ viewport, colorScheme, locale: LOCALES[language], reducedMotion: 'reduce', ...touch });
  try {
    await page.goto(gallery);
    const field = page.locator('input[type="password"]');
    await field.waitFor();
    const act = SCREENS[screen];
    if (act) {
      await field.fill(password);
      await field.press('Enter');
      await tile(page, 5).waitFor();
      await act(page);
    }
    await page.waitForTimeout(1200);
    const png = await page.screenshot();
    await page.goto('about:blank');
    let picture;
    for (const quality of QUALITIES) {
      picture = Buffer.from(await packed(page, png, quality), 'base64');
      if (picture.length <= MOST) break;
    }
    if (picture.length > MOST) throw new Error(`${screen} of ${width} has ${picture.length} bytes`);
    const name = `${screen}-${width}-${colorScheme}-${language}.webp`;
    await writeFile(join(folder, name), picture);
    console.log(name, picture.length);
  } finally {
    await close();
  }
}
