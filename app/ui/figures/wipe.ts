/**
 * Pictures as bytes, and where the wipe stands. Pure, so that a picture of 768 x 512 x 3 is repainted within
 * a frame while a slider moves.
 */
import type { Planes } from '../../methods/figures';

type Range = readonly [number, number];

/** RGBA bytes of a picture; range[0] is black, range[1] is full. One plane is grey. `out` holds 4 bytes a pixel. */
export function paintPlanes(picture: Planes, range: Range, out: Uint8ClampedArray): void {
  const [low, high] = range;
  const factor = 255 / (high - low);
  const [r, g = r, b = r] = picture.planes;
  // Uint8ClampedArray rounds and clamps in the store itself.
  for (let i = 0, o = 0; i < r.length; i++, o += 4) {
    out[o] = (r[i] - low) * factor;
    out[o + 1] = (g[i] - low) * factor;
    out[o + 2] = (b[i] - low) * factor;
    out[o + 3] = 255;
  }
}

/** RGBA bytes of approximation - original, times `amplify`, about middle grey. */
export function paintDifference(
  original: Planes,
  approximation: Planes,
  range: Range,
  amplify: number,
  out: Uint8ClampedArray,
): void {
  const factor = (255 * amplify) / (range[1] - range[0]);
  const [r, g = r, b = r] = original.planes;
  const [r2, g2 = r2, b2 = r2] = approximation.planes;
  for (let i = 0, o = 0; i < r.length; i++, o += 4) {
    out[o] = 128 + (r2[i] - r[i]) * factor;
    out[o + 1] = 128 + (g2[i] - g[i]) * factor;
    out[o + 2] = 128 + (b2[i] - b[i]) * factor;
    out[o + 3] = 255;
  }
}

/** The part of the picture, 0..1, left of a pointer at `clientX`. */
export function wipeAt(clientX: number, box: { left: number; width: number }): number {
  return box.width > 0 ? Math.min(1, Math.max(0, (clientX - box.left) / box.width)) : 0.5;
}

/** Where a key moves the wipe to; undefined for keys that do not move it. */
export function wipeKey(key: string, at: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, at - 0.02);
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(1, at + 0.02);
    case 'PageDown':
      return Math.max(0, at - 0.1);
    case 'PageUp':
      return Math.min(1, at + 0.1);
    case 'Home':
      return 0;
    case 'End':
      return 1;
    default:
      return undefined;
  }
}
