/** The zoom of one picture, as pure geometry. Lengths are CSS pixels. Points are measured from the stage's centre. */

export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const REST: Zoom = { scale: 1, x: 0, y: 0 };
const MOST = 6;

/** Scales by `factor` so that the point of the picture under (`x`, `y`) stays there. */
export function zoomAt(zoom: Zoom, factor: number, x: number, y: number): Zoom {
  const scale = Math.min(MOST, Math.max(1, zoom.scale * factor));
  const ratio = scale / zoom.scale;
  return { scale, x: x - (x - zoom.x) * ratio, y: y - (y - zoom.y) * ratio };
}

/** Keeps the picture over the stage, with no gap on a side that it could cover. */
export function within(zoom: Zoom, picture: Size, stage: Size): Zoom {
  const room = (length: number, outer: number) => Math.max(0, (length * zoom.scale - outer) / 2);
  const clamp = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return {
    scale: zoom.scale,
    x: clamp(zoom.x, room(picture.width, stage.width)) + 0,
    y: clamp(zoom.y, room(picture.height, stage.height)) + 0,
  };
}

export const zoomed = ({ scale }: Zoom): boolean => scale > 1.01;
