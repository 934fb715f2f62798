import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { icon, lines } from './icon.ts';
import { png } from './png.ts';

const svg = readFileSync(join(import.meta.dirname, '../src/ui/favicon.svg'), 'utf8');

/** The chunks of a PNG, after their checksums were compared. */
function chunks(file: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const end = at + 8 + file.readUInt32BE(at);
    expect(file.readUInt32BE(end)).toBe(crc32(file.subarray(at + 4, end)));
    found.set(file.toString('latin1', at + 4, at + 8), file.subarray(at + 8, end));
    at = end + 4;
  }
  return found;
}

/** A pixel of an icon, as RGBA. */
function pixel(file: Buffer, size: number, x: number, y: number): number[] {
  const rows = inflateSync(chunks(file).get('IDAT') ?? Buffer.alloc(0));
  const at = y * (size * 4 + 1) + 1 + x * 4;
  return [...rows.subarray(at, at + 4)];
}

describe('icons', () => {
  it('are PNGs', () => {
    const file = png(2, 1, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
    expect(file.subarray(1, 4).toString()).toBe('PNG');
    const found = chunks(file);
    expect([...found.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect([...(found.get('IHDR') ?? [])]).toEqual([0, 0, 0, 2, 0, 0, 0, 1, 8, 6, 0, 0, 0]);
    expect([...inflateSync(found.get('IDAT') ?? Buffer.alloc(0))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('have the ground, the lines, and round corners where no system cuts them', () => {
    const size = 64;
    const round = icon(svg, { size, bleeds: false, scale: 1 });
    const whole = icon(svg, { size, bleeds: true, scale: 0.8 });
    expect(pixel(round, size, 0, 0)[3]).toBe(0);
    expect(pixel(whole, size, 0, 0)).toEqual([0x2b, 0x27, 0x22, 255]);
    // The stem of the sprig is in the middle.
    expect(pixel(round, size, 32, 44)).toEqual([0xe9, 0xdc, 0xc9, 255]);
    expect(pixel(round, size, 4, 32)).toEqual([0x2b, 0x27, 0x22, 255]);
  });

  it('are drawn whole or not at all', () => {
    expect(lines('M1 2V5z')).toEqual([[[1, 2], [1, 5]], [[1, 5], [1, 2]]]);
    expect(lines('M0 0c1-1 2-1 3 0').at(-1)?.[1]).toEqual([3, 0]);
    expect(() => lines('M0 0a1 1 0 0 0 1 1')).toThrow('command');
  });
});
