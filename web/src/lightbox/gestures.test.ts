import { describe, expect, it, vi } from 'vitest';
import { watch } from './gestures.ts';

function watched() {
  const stage = Object.assign(new EventTarget(), { setPointerCapture: vi.fn() });
  const to = {
    zoomed: () => false,
    swipe: vi.fn(),
    swiped: vi.fn(),
    pull: vi.fn(),
    pulled: vi.fn(),
    pan: vi.fn(),
    pinch: vi.fn(),
    settled: vi.fn(),
    tap: vi.fn(),
    doubleTap: vi.fn(),
    hold: () => false,
    released: vi.fn(),
  };
  watch(stage as unknown as HTMLElement, to, () => false);
  const finger = (type: string, pointerId: number, isPrimary: boolean, clientX: number) =>
    stage.dispatchEvent(Object.assign(new Event(type), { pointerId, isPrimary, pointerType: 'touch', clientX, clientY: 0 }));
  return { to, finger };
}

describe('watch', () => {
  it('reports the pinch of two fingers', () => {
    const { to, finger } = watched();
    finger('pointerdown', 1, true, 100);
    finger('pointerdown', 2, false, 300);
    finger('pointermove', 2, false, 500);
    expect(to.pinch).toHaveBeenCalledExactlyOnceWith(2, 300, 0);
    expect(to.swipe).not.toHaveBeenCalled();
  });

  it('takes a finger for the only one after one that was never lifted, because its picture was taken away', () => {
    const { to, finger } = watched();
    finger('pointerdown', 1, true, 300);
    finger('pointerdown', 2, true, 300);
    finger('pointermove', 2, true, 200);
    finger('pointerup', 2, true, 200);
    expect(to.swipe).toHaveBeenCalledExactlyOnceWith(-100);
    expect(to.swiped).toHaveBeenCalledOnce();
    expect(to.pinch).not.toHaveBeenCalled();
  });
});
