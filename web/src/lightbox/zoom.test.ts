import { describe, expect, it } from 'vitest';
import { REST, within, zoomAt, zoomed } from './zoom.ts';

describe('zoomAt', () => {
  it('keeps the point under the finger', () => {
    let zoom = REST;
    for (const [factor, x, y] of [[1.7, 120, -40], [1.3, -30, 10], [0.8, 200, 200]] as const) {
      const point = { x: (x - zoom.x) / zoom.scale, y: (y - zoom.y) / zoom.scale };
      zoom = zoomAt(zoom, factor, x, y);
      expect(zoom.x + point.x * zoom.scale).toBeCloseTo(x);
      expect(zoom.y + point.y * zoom.scale).toBeCloseTo(y);
    }
  });
  it('stays between whole and six times', () => {
    expect(zoomAt(REST, 100, 0, 0).scale).toBe(6);
    expect(zoomAt({ scale: 2, x: 0, y: 0 }, 0.01, 0, 0).scale).toBe(1);
    expect(zoomed(zoomAt(REST, 1, 5, 5))).toBe(false);
  });
});

describe('within', () => {
  const stage = { width: 400, height: 600 };
  it('opens no gap on a side the picture covers', () => {
    expect(within({ scale: 2, x: 999, y: -999 }, { width: 400, height: 300 }, stage)).toEqual({ scale: 2, x: 200, y: 0 });
    expect(within({ scale: 4, x: -50, y: -999 }, { width: 400, height: 300 }, stage)).toEqual({ scale: 4, x: -50, y: -300 });
  });
});
