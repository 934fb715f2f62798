/**
 * The page over a large library, as a phone sees it: `node bench/web.mjs [ITEMS]`, with the built page
 * (`npm run build`). It ends with one line of JSON. Optionally CHROMIUM.
 *
 * The network has 1.6 Mbit/s and 150 ms, and the processor a quarter of its speed (Chromium's own emulation). The
 * services are a mock in this process, and pictures have the bytes of WEIGHTS.
 */
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { items, mock } from '../browser/mock.mjs';

const COUNT = Number(process.argv[2] ?? 10_000);
/** The bytes of a picture of each size. They are chosen, and measured of no library. */
const WEIGHTS = { small: 5_000, medium: 22_000, large: 70_000, screen: 320_000 };
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 94_000 };
const SLOWER = Number(process.env.CPU_SLOWER ?? 4);
/** The way to the end takes so many frames: a few seconds of a fling. */
const FRAMES = 400;

const server = await mock(COUNT, { title: 'Anna & Ben', weights: WEIGHTS });
Object.assign(process.env, { GALLERY_URL: server.url, GALLERY_PASSWORD: 'mock', STORE_ORIGIN: server.url });
const { PHONE, logIn, violations, visit } = await import('../browser/visit.mjs');

/** A phone on a slow network, with a session and nothing in its cache. */
async function phone() {
  const visitor = await visit(PHONE);
  const { page, context } = visitor;
  await context.request.post(`${server.url}/login`, { data: { password: 'mock' } });
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', NETWORK);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await context.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: 'longtask', buffered: true });
  });
  return { ...visitor, session };
}



/** How long the main thread has worked, in ms. A machine that is busy with something else does not change it. */
async function worked(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
}

/** The first pictures, the ride to the end, and what is left in memory. */
async function ride() {
  const { page, session, close } = await phone();
  const assets = new Set();
  let pictures = false;
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    pictures ||= pathname.startsWith('/api/thumbnail/');
    if (!pictures && /\.(?:js|css)$/.test(pathname)) assets.add(pathname);
  });
  const start = Date.now();
  await page.goto(server.url, { waitUntil: 'commit' });
  await page.locator('.tile-loaded').first().waitFor();
  const first = Date.now() - start;
  const firstWork = await worked(session);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.tile')].filter((tile) => tile.getBoundingClientRect().top < innerHeight).every((tile) => tile.matches('.tile-loaded')),
  );
  const whole = Date.now() - start;
  const load = await page.evaluate(() => window.longest);
  await page.waitForTimeout(1500);
  await page.evaluate(() => (window.longest = 0));
  const before = await worked(session);
  const { frames, nodes } = await page.evaluate(async (count) => {
    const [found, end] = [[], document.documentElement.scrollHeight - innerHeight];
    let [before, most] = [performance.now(), 0];
    for (let step = 1; step <= count; step += 1) {
      scrollTo(0, (end * step) / count);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      found.push(now - before);
      before = now;
      most = Math.max(most, document.getElementsByTagName('*').length);
    }
    return { frames: found.sort((a, b) => a - b), nodes: most };
  }, FRAMES);
  const work = (await worked(session)) - before;
  await page.waitForFunction(() => document.querySelector('.tile[data-key]'), null, { timeout: 60_000 });
  await page.waitForTimeout(2500);
  const longest = await page.evaluate(() => window.longest);
  const shift = await page.evaluate(() => window.layoutShift);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const axe = (await violations(page)).length;
  await close();
  let script = 0;
  for (const path of assets) script += brotliCompressSync(await readFile(join(import.meta.dirname, '../dist', path))).length;
  return {
    nodes,
    longest_task_ms: Math.round(longest),
    frame_p95_ms: Math.round(frames[Math.floor(frames.length * 0.95)]),
    frame_work_ms: Math.round((work / FRAMES) * 10) / 10,
    first_pictures_ms: first,
    first_work_ms: Math.round(firstWork),
    window_pictures_ms: whole,
    load_task_ms: Math.round(load),
    heap_mb: Math.round(usedSize / 100_000) / 10,
    script_bytes: script,
    cls: shift,
    axe,
  };
}

/** A link to the oldest photo: what it asks for, and when the photo is there, and when it is sharp. */
async function deepLink() {
  const { page, close } = await phone();
  const all = items(COUNT);
  const { key } = all.findLast(({ type }) => type === 'image');
  server.asked.length = 0;
  let bytes = 0;
  page.on('response', async (response) => {
    const path = decodeURIComponent(new URL(response.url()).pathname);
    if (path === `/api/thumbnail/${key}` || path === `/api/file/${key}`) bytes += (await response.body().catch(() => '')).length;
  });
  const start = Date.now();
  await page.goto(`${server.url}/#/m/${key.replace(' ', '%20')}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => {
    const image = document.querySelector('.slide-active .frame-image img');
    return image?.complete && image.naturalWidth > 0;
  });
  const there = Date.now() - start;
  const requests = server.asked.length;
  await page.waitForTimeout(6000);
  const axe = (await violations(page)).length;
  await close();
  return { deep_link_requests: requests, deep_link_ms: there, photo_bytes: bytes, axe };
}

await logInOnce();
const grid = await ride();
const { axe, ...link } = await deepLink();
server.close();
console.log(`load ${loadavg()[0].toFixed(1)} on this machine`);
console.log(JSON.stringify({ bench: 'web', items: COUNT, ...grid, ...link, axe: grid.axe + axe }));

/** A first visit on a fast machine, so that nothing is measured that only the first start of the browser takes. */
async function logInOnce() {
  const { page, close } = await visit(PHONE);
  await page.goto(server.url);
  await logIn(page);
  await close();
}
