/** A real Chromium, and the traces of a visit to the gallery: console errors, policy violations, responses. */
import { existsSync, mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const SWITCHES = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function executable() {
  const known = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = known.find((path) => path && existsSync(path));
  if (!found) throw new Error('No Chromium found: install it, or name it in CHROMIUM.');
  return found;
}

export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the browser test needs a running gallery.`);
  return value;
}

export const gallery = required('GALLERY_URL').replace(/\/$/, '');
export const password = required('GALLERY_PASSWORD');
export const store = new URL(required('STORE_ORIGIN')).origin;

/**
 * For what is the same wherever films come from. PART=films leaves it out: with films on an origin of their own, only
 * what differs is tested again.
 */
export const ONCE = { skip: process.env.PART === 'films' && 'it is tested on one origin' };

export const DESKTOP = { viewport: { width: 1440, height: 900 }, colorScheme: 'light' };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  colorScheme: 'light',
};

/** The setting of a person who lets no page keep a cookie. */
const NO_COOKIES = JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } });

/** A browser with an empty profile of its own. `close` ends it and removes the profile. */
export async function visit({ keepsCookies = true, ...options }) {
  const profile = await mkdtemp(join(tmpdir(), 'gallery-browser-'));
  if (!keepsCookies) {
    await mkdir(join(profile, 'Default'));
    await writeFile(join(profile, 'Default/Preferences'), NO_COOKIES);
  }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable(),
    args: SWITCHES,
    locale: 'en-GB',
    // A worker would answer, and ask, in the page's place.
    serviceWorkers: 'block',
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const page = context.pages()[0] ?? (await context.newPage());
  const seen = { errors: [], violations: [], responses: [] };

  await context.exposeFunction('reportViolation', (text) => seen.violations.push(text));
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      window.reportViolation(`${event.violatedDirective}: ${event.blockedURI}`);
    });
    window.layoutShift = 0;
    window.layoutShifts = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (entry.hadRecentInput) continue;
        window.layoutShift += entry.value;
        window.layoutShifts.push(
          `${entry.value.toFixed(4)} ${entry.sources.map(({ node, previousRect: from, currentRect: to }) => `${node?.className || node?.nodeName} ${JSON.stringify(from)} to ${JSON.stringify(to)}`).join(' ')}`,
        );
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  page.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  page.on('response', (response) => seen.responses.push(response));

  return {
    page,
    context,
    seen,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Writes `NAME.png` into the folder that SCREENSHOTS names. Does nothing without SCREENSHOTS. */
export async function screenshot(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

export async function logIn(page) {
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Open the gallery' }).click();
  await gridShown(page);
}

/** Waits until every tile in the window shows its picture. */
export async function gridShown(page) {
  await page.locator('.tile').first().waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.tile')]
      .filter((tile) => {
        const { top, bottom } = tile.getBoundingClientRect();
        return bottom > 0 && top < innerHeight;
      })
      .every((tile) => tile.matches('.tile-loaded, .tile-bare')),
  );
  await page.waitForTimeout(500);
}

/** Moves one finger from `from` to `to`, as a phone reports it. */
export async function drag(page, from, to) {
  const session = await page.context().newCDPSession(page);
  const send = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
  const steps = 8;
  await send('touchStart', from);
  for (let step = 1; step <= steps; step += 1) {
    const part = step / steps;
    await send('touchMove', { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part });
    await page.waitForTimeout(16);
  }
  await send('touchEnd');
  await session.detach();
}

/** What axe finds wrong on the page, as text. */
export async function violations(page) {
  const axe = createRequire(import.meta.url).resolve('axe-core');
  // The policy of the page lets no script of others in, so it is run from outside.
  await page.evaluate(await readFile(axe, 'utf8'));
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(' | ')}`);
}
