/**
 * A gallery of generated items, which serves the built page and the API that the page uses. It is for tests that need
 * a large library, or one that changes and fails on command.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = join(import.meta.dirname, '../dist');
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
const SHAPES = [[4000, 3000], [3000, 4000], [1920, 1080], [3000, 3000], [6000, 2000], [3000, 2000]];
const MOST = 128;
/** A block ends after such a key, so that new items leave most blocks as they are. */
const ENDS = /(\d+)\.\w+$/;
const endsBlock = ({ key }) => Number(ENDS.exec(key)?.[1]) % 64 === 23;
const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Items from the newest to the oldest, some on each day. Every ninth is a film. */
export function items(count) {
  const start = Date.UTC(2024, 5, 15);
  return Array.from({ length: count }, (_, number) => {
    const film = number % 9 === 4;
    const [width, height] = SHAPES[(number * 7) % SHAPES.length];
    const key = `2024/IMG ${String(number).padStart(5, '0')}.${film ? 'mp4' : 'svg'}`;
    const day = new Date(start - Math.floor(number / 13) * 86_400_000).toISOString().slice(0, 10);
    const path = encodeURIComponent(key).replaceAll('%2F', '/');
    const thumbnail = (size) => `/api/thumbnail/${path}?size=${size}`;
    return {
      key,
      name: key.slice(5),
      type: film ? 'video' : 'image',
      mime: film ? 'video/mp4' : 'image/png',
      size: 1000 + number,
      uploadedAt: '2026-01-02T03:04:05Z',
      dateTaken: `${day}T12:00:00`,
      taken: { day, source: 'exif', guess: false },
      camera: null,
      width,
      height,
      duration: film ? 5 : null,
      file: `/api/file/${path}`,
      thumbnails: { small: thumbnail('small'), medium: thumbnail('medium'), large: thumbnail('large') },
      hls: null,
      playback: film ? `/api/playback?key=${encodeURIComponent(key)}` : null,
    };
  });
}

function shape({ width, height }) {
  const step = Math.round(Math.min(90, Math.max(0, Math.log2(width / height) * 22.5 + 45)));
  return String.fromCharCode(35 + step + (35 + step >= 92 ? 1 : 0));
}

/** A view of items: its blocks, and the timeline without its version. */
function view(name, all) {
  const blocks = [];
  let start = 0;
  all.forEach((item, at) => {
    const count = at + 1 - start;
    if (count < MOST && at + 1 < all.length && !endsBlock(item)) return;
    const body = JSON.stringify(all.slice(start, at + 1));
    blocks.push({ name: `${name}.${digest(body)}`, body, start, count });
    start = at + 1;
  });
  const days = [];
  for (const { taken } of all) {
    if (days.at(-1)?.[0] === taken.day) days.at(-1)[1] += 1;
    else days.push([taken.day, 1]);
  }
  return { name, all, blocks, days, ratios: all.map(shape).join('') };
}

/**
 * A server on a free port of this machine. `albums` are titles and how many items, the newest, are in each.
 * Without the password, it says 401 to everything of the API.
 * With `weights`, the bytes of a picture of each size, everything has the length that it has on the network.
 * Everything lies below `base`. Pages of the origins in `allowed` may call it with the cookie. `cover` is the number of
 * an item.
 */
export async function mock(count, given = {}) {
  const { password = 'mock', title = null, albums = [], weights = null } = given;
  const { subtitle = null, cover = null, base = '', allowed = [] } = given;
  let library;
  const state = {
    /** The paths of the API that were asked for, without pictures. */
    asked: [],
    /** Answers a path itself if it returns true. */
    intercept: () => false,
    /** What a link allows, as in a timeline. `null`: the session is of the password. */
    link: null,
    /** The titles of the albums that a link opens. `null`: everything is open. */
    opens: null,
    /** How many parts a download has, and how many items are not in it. */
    download: { parts: 1, leftOut: 0 },
    /** The bodies that asked for downloads. */
    wanted: [],
    /** Whether the cookie still opens anything. */
    welcomes: true,
    allowed,
    url: '',
    change(all) {
      const of = (type) => all.filter((item) => item.type === type);
      const views = [view('everything', all), view('photos', of('image')), view('films', of('video'))];
      for (const [called, size] of albums) {
        views.push({ ...view(`album-${digest(called).slice(0, 12)}`, all.slice(0, size)), title: called });
      }
      library = { version: digest(JSON.stringify(all)), views: new Map(views.map((each) => [each.name, each])) };
    },
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(done))),
  };
  state.change(items(count));

  /** The views that are open. The first is what is asked for without a name. */
  const open = () => [...library.views.values()].filter((each) => state.opens?.includes(each.title) ?? true);

  function timeline(name) {
    const of = open().find((each) => each.name === name);
    return of && {
      version: library.version,
      title,
      subtitle,
      // Every view has it, but through a link only where everything is open.
      cover: cover !== null && state.opens === null ? (library.views.get('everything').all[cover]?.key ?? null) : null,
      views: open().map((each) => ({ name: each.name, title: each.title ?? null, count: each.all.length })),
      view: name,
      count: of.all.length,
      days: of.days,
      ratios: of.ratios,
      blocks: of.blocks.map((block) => [block.name, block.count]),
      ...(state.link ? { link: state.link } : {}),
    };
  }

  function located(key, name) {
    const of = open().find((each) => each.name === name);
    const found = open().flatMap(({ all }) => all).find((item) => item.key === key);
    if (!of || !found) return undefined;
    const number = of.all.findIndex((item) => item.key === key);
    const block = of.blocks.find(({ start, count: size }) => number >= start && number < start + size);
    const position = block ? { view: name, block: block.name, index: number - block.start, item: number } : null;
    return { latitude: null, longitude: null, altitude: null, exposure: null, ...found, position };
  }

  /** A download of a view, or of items. Its sizes are as if each file had 12.3 MB. */
  function prepared({ view: name, keys }) {
    const { parts, leftOut } = state.download;
    const all = (keys ?? library.views.get(name).all).length - leftOut;
    const part = (_, at) => {
      const count = Math.floor(all / parts) + (at === 0 ? all % parts : 0);
      const file = parts === 1 ? 'Gallery.zip' : `Gallery (${at + 1} of ${parts}).zip`;
      return { url: `/api/download/~${at}/${encodeURIComponent(file)}`, name: file, length: count * 12_300_000, count };
    };
    const made = Array.from({ length: parts }, part);
    const sum = { length: all * 12_300_000, count: all, leftOut, expires: '2024-06-17T12:00:00Z' };
    return { url: made[0].url, name: made[0].name, ...sum, parts: made };
  }

  /** What compresses as little as a picture. */
  const noise = weights ? randomBytes(Math.max(...Object.values(weights))).toString('base64') : '';
  /** The headers and the body of JSON, as it goes over the network. */
  const packed = (headers, body) => (weights ? [{ ...headers, 'content-encoding': 'gzip' }, gzipSync(body)] : [headers, body]);

  const problem = (response, status, detail) =>
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify({ status, detail }));
  const json = (response, body, cache) =>
    body === undefined
      ? problem(response, 404, 'Not there.')
      : sent(response, { 'content-type': 'application/json', 'cache-control': cache }, typeof body === 'string' ? body : JSON.stringify(body));
  const sent = (response, given, text) => {
    const [headers, body] = packed(given, text);
    return response.writeHead(200, headers).end(body);
  };

  async function page(path, response, accept = '') {
    const name = path === '/' ? '/served.html' : path;
    const body = await readFile(join(DIST, name)).catch(() => null);
    const nothing = body === null && accept.includes('text/html') && (await readFile(join(DIST, '404.html')).catch(() => null));
    if (nothing) return response.writeHead(404, { 'content-type': 'text/html' }).end(String(nothing).replaceAll('="./', `="${base}/`));
    if (body === null) return problem(response, 404, 'Not there.');
    const packed = weights && (await readFile(join(DIST, `${name}.br`)).catch(() => null));
    const headers = { 'content-type': TYPES[extname(name)] ?? 'text/plain', ...(packed ? { 'content-encoding': 'br' } : {}) };
    return response.writeHead(200, headers).end(packed ?? body);
  }

  function picture(key, size, response) {
    const all = library.views.get('everything').all;
    const number = Number(/IMG (\d+)/.exec(key)?.[1] ?? 0);
    const { width, height } = all.find((item) => item.key === key) ?? { width: 1, height: 1 };
    const scale = 400 / Math.max(width, height);
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}"><rect width="100%" height="100%" fill="hsl(${(number * 37) % 360} 35% 62%)"/><text x="50%" y="50%" fill="#fff" font-size="44" text-anchor="middle" dominant-baseline="middle">${number}</text></svg>`;
    const weight = weights ? `<!--${noise.slice(0, weights[size ?? 'screen'])}-->` : '';
    response.writeHead(200, { 'content-type': 'image/svg+xml', 'cache-control': 'private, max-age=31536000, immutable' }).end(svg + weight);
  }

  const server = createServer((request, response) => {
    const { origin } = request.headers;
    if (state.allowed.includes(origin)) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-credentials', 'true');
      if (request.method === 'OPTIONS') return response.writeHead(204, { 'access-control-allow-headers': 'content-type' }).end();
    }
    if (request.url === base && base !== '') return response.writeHead(308, { location: `${base}/` }).end();
    if (!request.url.startsWith(`${base}/`)) return void problem(response, 404, `Outside: ${request.url}`);
    const url = new URL(request.url.slice(base.length), 'http://mock');
    const path = decodeURIComponent(url.pathname);
    const isPicture = /^\/api\/(?:thumbnail|file)\//.test(path);
    if (/^\/(?:api|auth|login|logout)/.test(path) && !isPicture) state.asked.push(url.pathname + url.search);
    if (state.intercept(path, response, request)) return undefined;
    if (path.startsWith('/api/download/')) {
      const headers = { 'content-type': 'application/zip', 'content-disposition': 'attachment', 'content-length': 22 };
      // The end of a ZIP with nothing in it.
      return response.writeHead(200, headers).end(Buffer.from('PK\x05\x06'.padEnd(22, '\0')));
    }
    const read = (then) => {
      let body = '';
      request.on('data', (part) => (body += part));
      return request.on('end', () => then(JSON.parse(body)));
    };
    if (path === '/login') {
      return read((body) => {
        if (body.password !== password) return problem(response, 401, 'Wrong password.');
        // As the service does: a path that is not its own is none.
        const returnTo = body.returnTo?.startsWith(`${base}/`) ? body.returnTo : `${base}/`;
        const headers = { 'content-type': 'application/json', 'set-cookie': `session=1; Path=${base || '/'}; HttpOnly` };
        return response.writeHead(200, headers).end(JSON.stringify({ returnTo }));
      });
    }
    if (path === '/logout') return response.writeHead(204, { 'set-cookie': `session=; Path=${base || '/'}; Max-Age=0` }).end();
    if (!/^\/(?:api\/|auth)/.test(path)) return void page(path, response, request.headers.accept);
    if (!state.welcomes || !/session=1/.test(request.headers.cookie ?? '')) return problem(response, 401, 'Please log in.');
    if (path === '/auth') return response.writeHead(204).end();
    if (isPicture) return picture(path.replace(/^\/api\/\w+\//, ''), url.searchParams.get('size'), response);
    const asked = url.searchParams.get('view') ?? open()[0].name;
    if (path === '/api/timeline') {
      const tag = `"${library.version}-${asked}-${digest(JSON.stringify([state.link, state.opens]))}"`;
      const headers = { etag: tag, 'cache-control': 'private, no-cache', 'content-type': 'application/json' };
      if (request.headers['if-none-match'] === tag) return response.writeHead(304, headers).end();
      const body = timeline(asked);
      return body ? sent(response, headers, JSON.stringify(body)) : problem(response, 404, 'No such view.');
    }
    if (path.startsWith('/api/blocks/')) {
      const blocks = [...library.views.values()].flatMap((each) => each.blocks);
      return json(response, blocks.find(({ name }) => name === path.slice(12))?.body, 'private, max-age=31536000, immutable');
    }
    if (path.startsWith('/api/media/')) return json(response, located(path.slice(11), asked), 'private, no-cache');
    if (path === '/api/download' && request.method === 'POST') {
      return read((body) => {
        state.wanted.push(body);
        json(response, prepared(body), 'private, no-store');
      });
    }
    if (path === '/api/playback') return json(response, { url: `/api/hls/~${'A'.repeat(9)}/x`, expires: null }, 'no-store');
    return problem(response, 404, 'Not there.');
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  state.url = `http://127.0.0.1:${server.address().port}${base}`;
  return state;
}
