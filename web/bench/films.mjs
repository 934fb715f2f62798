/**
 * A film as its viewers wait for it, in Chromium: `node bench/films.mjs [ROUNDS]`. It ends with one line of JSON.
 * GALLERY_PROGRAM is the program `edge-gallery`; ffmpeg makes the film: 90 s of 1920 x 1080. Optionally CHROMIUM.
 *
 * Two galleries show the same pictures, one as CMAF and one as transport streams, in turn. Each round is two new visits
 * to each. The figures are medians, in milliseconds, over loopback and over Chromium's own emulation of a network.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

const ROUNDS = Number(process.argv[2] ?? 9);
const PROGRAM = process.env.GALLERY_PROGRAM;
const NETWORKS = {
  loopback: null,
  slow: { offline: false, latency: 80, downloadThroughput: 625_000, uploadThroughput: 625_000 },
};
const PASSWORD = 'tulips-and-rain';
const FILM = 'film.mp4';
/** From the moment a hand is over a tile until it clicks, in ms. */
const HAND = 200;
/** How long the player is watched that nobody starts, in ms. */
const IDLE = 6000;
/** Where viewers seek to, in seconds: far behind all that was loaded ahead. */
const PLACE = 70;

const folder = mkdtempSync(join(tmpdir(), 'bench-films-'));
const running = [];
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(program, args, more) {
  const { status, error, stderr } = spawnSync(program, args, { env: environment(more), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${error ?? stderr}`);
}

function environment(more = {}) {
  const { PATH, HOME } = process.env;
  const secret = 'a secret of the benchmark, of more than thirty-two bytes';
  const store = { R2_ACCESS_KEY_ID: 'bench-key-id', R2_SECRET_ACCESS_KEY: secret, R2_BUCKET_NAME: 'gallery' };
  return { PATH, HOME, GALLERY_PASSWORD: PASSWORD, AUTH_SECRET: secret, GALLERY_LOCAL: 'true', ...store, ...more };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A gallery over a folder of its own. */
async function serve(name, more) {
  const [port, store] = [await freePort(), await freePort()];
  const listen = ['--listen', `127.0.0.1:${port}`, '--store-listen', `127.0.0.1:${store}`];
  const args = ['serve', '--data', join(folder, name), ...listen];
  const child = spawn(PROGRAM, args, { env: environment(more), stdio: 'ignore' });
  running.push(child);
  const gallery = { name, child, url: `http://127.0.0.1:${port}`, store: `http://127.0.0.1:${store}` };
  for (let turn = 0; turn < 100; turn += 1) {
    const alive = await fetch(`${gallery.url}/healthz`).then(({ ok }) => ok, () => false);
    if (alive) return gallery;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${name} does not answer`);
}

const library = join(folder, 'library');
mkdirSync(library);
const pictures = 'testsrc2=size=1920x1080:rate=30:duration=90';
const sound = 'sine=frequency=220:duration=90';
run('ffmpeg', ['-nostdin', '-v', 'error', '-f', 'lavfi', '-i', pictures, '-f', 'lavfi', '-i', sound, '-c:v', 'libx264',
  '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', join(library, FILM)]);
const first = await serve('cmaf');
const data = join(folder, first.name);
run(PROGRAM, ['ingest', library, '--data', data, '--package', 'both', '--quiet'], { S3_ENDPOINT: first.store });
first.child.kill();
await once(first.child, 'exit');
cpSync(data, join(folder, 'ts'), { recursive: true });
const arms = [await serve('cmaf'), await serve('ts', { VIDEO_EXPERIMENT: 'ts:100' })];
Object.assign(process.env, { GALLERY_URL: arms[0].url, GALLERY_PASSWORD: PASSWORD, STORE_ORIGIN: arms[0].store });
const { DESKTOP, PHONE, gridShown, logIn, visit } = await import('../browser/visit.mjs');

/** A new visitor in front of the grid. */
async function visitor(arm, network, device) {
  const visited = await visit(device);
  const { page, context } = visited;
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await context.addInitScript(() => addEventListener('click', () => (window.clickedAt = performance.now()), true));
  await page.goto(arm.url);
  await logIn(page);
  await gridShown(page);
  await page.waitForTimeout(1000);
  if (network) await session.send('Network.emulateNetworkConditions', network);
  return { ...visited, session };
}

/** Opens the film with the mouse, so that it plays at once. */
async function click(page) {
  const tile = page.locator('.tile');
  await tile.hover();
  await page.waitForTimeout(HAND);
  await tile.click();
}

/**
 * In the page: how long the film takes, in ms. Opened by a click on its tile, it plays at once: until its first picture,
 * and until the picture of a `place` that a viewer seeks to. Opened by a link, it waits: until it moves once play is
 * pressed.
 */
async function watch(place) {
  const until = async (read) => {
    for (;;) {
      const found = read();
      if (found) return found;
      await new Promise(requestAnimationFrame);
    }
  };
  const film = () => document.querySelector('.slide-active video');
  /** When a picture of the film from `time` on is on the screen. */
  const shown = async (time) => {
    const video = await until(film);
    return new Promise((resolve) => {
      const look = (_, { mediaTime, expectedDisplayTime }) => {
        if (mediaTime >= time) resolve(expectedDisplayTime);
        else video.requestVideoFrameCallback(look);
      };
      video.requestVideoFrameCallback(look);
    });
  };
  if (place === null) {
    const start = await until(() => document.querySelector('.slide-active .start'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const pressed = performance.now();
    start.click();
    return { play: (await shown(0.001)) - pressed };
  }
  const first = (await shown(0)) - window.clickedAt;
  await until(() => film().currentTime > 1);
  const line = document.querySelector('.slide-active .film-line');
  line.value = String(place);
  const sought = performance.now();
  line.dispatchEvent(new Event('input', { bubbles: true }));
  line.dispatchEvent(new Event('change', { bubbles: true }));
  return { first, seek: (await shown(place - 1)) - sought };
}

/** In the page: opens the film as a link does. */
function link(key) {
  location.hash = `#/m/${key}`;
}

/** The bytes of a film that a phone opens and does not play. */
async function unwatched(arm, network) {
  const { page, session, close } = await visitor(arm, network, PHONE);
  let bytes = 0;
  session.on('Network.dataReceived', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.evaluate(link, FILM);
  await page.waitForTimeout(IDLE);
  await close();
  return bytes;
}

const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const result = {};
for (const [name, network] of Object.entries(NETWORKS)) {
  const seen = {};
  const keep = (arm, what, value) => ((seen[`${arm.name}_${what}`] ??= []).push(value));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const arm of arms) {
      for (const place of [PLACE, null]) {
        const { page, close } = await visitor(arm, network, DESKTOP);
        await (place === null ? page.evaluate(link, FILM) : click(page));
        const times = await page.evaluate(watch, place);
        await close();
        for (const [what, time] of Object.entries(times)) keep(arm, `${what}_ms`, time);
      }
      if (round < 3) keep(arm, 'unwatched_kb', (await unwatched(arm, network)) / 1000);
    }
  }
  for (const [what, values] of Object.entries(seen)) {
    result[`${name}_${what}`] = Math.round(middle(values));
    console.log(`${name} ${what}: ${values.map(Math.round).join(' ')}`);
  }
}
console.log(`load ${loadavg()[0].toFixed(1)} on this machine`);
console.log(JSON.stringify({ bench: 'films', rounds: ROUNDS, ...result }));
process.exit(0);
