/**
 * The icon as pixels. The icon is a square of one colour and lines of another, so that a pixel's colour follows from
 * its distance to the lines.
 */
import { png } from './png.ts';

type Point = readonly [x: number, y: number];
type Line = readonly [Point, Point];

/** A cubic curve becomes so many lines. */
const PIECES = 24;

/** The lines of a path's `d`. It knows the commands that the icon has: `M`, `V`, `c`, `z`. */
export function lines(d: string): Line[] {
  const found: Line[] = [];
  let at: Point = [0, 0];
  let start: Point = at;
  const to = (next: Point) => {
    found.push([at, next]);
    at = next;
  };
  for (const [, command, rest] of d.matchAll(/([a-z])([^a-z]*)/gi)) {
    const given = [...(rest ?? '').matchAll(/-?(?:\d+\.?\d*|\.\d+)/g)].map(([text]) => Number(text));
    const take = (from: number): Point => [given[from] ?? Number.NaN, given[from + 1] ?? Number.NaN];
    if (command === 'M') start = at = take(0);
    else if (command === 'V') to([at[0], given[0] ?? Number.NaN]);
    else if (command === 'z') to(start);
    else if (command === 'c') {
      for (let from = 0; from < given.length; from += 6) {
        const points = [[0, 0] as Point, take(from), take(from + 2), take(from + 4)];
        const [x, y] = at;
        for (let piece = 1; piece <= PIECES; piece += 1) {
          const [dx, dy] = bezier(points, piece / PIECES);
          to([x + dx, y + dy]);
        }
      }
    } else throw new Error(`The icon has a command that is not drawn: ${command ?? ''}`);
  }
  return found;
}

function bezier(points: readonly Point[], t: number): Point {
  const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
  const sum = (axis: 0 | 1) => points.reduce((total, point, index) => total + point[axis] * (weights[index] ?? 0), 0);
  return [sum(0), sum(1)];
}

/** The square of the distance to the nearest of many lines. An icon asks fifty million times, so it makes no objects. */
function nearest(ends: Float64Array, x: number, y: number): number {
  let least = Infinity;
  for (let at = 0; at < ends.length; at += 4) {
    const ax = ends[at] as number;
    const ay = ends[at + 1] as number;
    const dx = (ends[at + 2] as number) - ax;
    const dy = (ends[at + 3] as number) - ay;
    const length = dx * dx + dy * dy;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
    const awayX = x - ax - t * dx;
    const awayY = y - ay - t * dy;
    least = Math.min(least, awayX * awayX + awayY * awayY);
  }
  return least;
}

/** The distance to a square with round corners around the middle. It is negative inside. */
function outside([x, y]: Point, side: number, radius: number): number {
  const [dx, dy] = [x, y].map((place) => Math.abs(place - side / 2) - side / 2 + radius) as [number, number];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

const attribute = (svg: string, name: string): string => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(svg)?.[1];
  if (found === undefined) throw new Error(`The icon has no ${name}`);
  return found;
};
const colour = (text: string) => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16));

/** How an icon is cut. */
export interface Cut {
  /** In pixels. */
  readonly size: number;
  /** The square fills everything: the system cuts its own shape out of it. */
  readonly bleeds: boolean;
  /** How large the drawing is in the square. */
  readonly scale: number;
}

/** Draws the icon of an SVG: a `rect` over everything, and a group of paths. */
export function icon(svg: string, { size, bleeds, scale }: Cut): Buffer {
  const [, , side = 0] = attribute(svg, 'viewBox').split(' ').map(Number);
  const [rect = '', group = ''] = [/<rect[^>]*>/.exec(svg)?.[0], /<g[^>]*>/.exec(svg)?.[0]];
  const [ground, ink] = [colour(attribute(rect, 'fill')), colour(attribute(group, 'stroke'))];
  const radius = bleeds ? 0 : Number(attribute(rect, 'rx'));
  const half = Number(attribute(group, 'stroke-width')) / 2;
  const drawn = [...svg.matchAll(/<path d="([^"]*)"/g)].flatMap(([, d]) => lines(d ?? ''));
  const ends = Float64Array.from(drawn.flat(2));
  const pixel = side / size;
  /** How much of a pixel is covered, by the distance of its middle to the edge. */
  const covered = (away: number, unit: number) => Math.min(1, Math.max(0, 0.5 - away / unit));
  const pixels = new Uint8Array(size * size * 4);
  for (let index = 0; index < size * size; index += 1) {
    const at: Point = [((index % size) + 0.5) * pixel, (Math.floor(index / size) + 0.5) * pixel];
    const [x, y] = at.map((place) => (place - side / 2) / scale + side / 2) as [number, number];
    const away = Math.sqrt(nearest(ends, x, y)) - half;
    const line = covered(away, pixel / scale);
    const mixed = ground.map((channel, which) => Math.round(channel + ((ink[which] ?? 0) - channel) * line));
    const alpha = bleeds ? 1 : covered(outside(at, side, radius), pixel);
    pixels.set([...mixed, Math.round(alpha * 255)], index * 4);
  }
  return png(size, size, pixels);
}
