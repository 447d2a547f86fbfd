/** Pictures as matrices: rows = height, columns = width, the stored sRGB values in 0..1. */

import { UserError } from '../math/errors';
import { LIMITS, type Limits, shown } from './matrix';
import type { ImageDecoder, PictureData } from './source';

/** True where the first bytes are those of PNG, JPEG, GIF, BMP, WebP or AVIF. `magic` is in Latin-1. */
export const isPicture = (magic: string): boolean =>
  /^(\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a)/.test(magic) ||
  /^BM.{4}\0{4}/s.test(magic) ||
  /^RIFF.{4}WEBP/s.test(magic) ||
  /^.{4}ftypavi[fs]/s.test(magic);

/**
 * Grey is (0.2126 R + 0.7152 G + 0.0722 B) / 255; what is transparent is laid over white. The channels are
 * given where any pixel has a colour. @throws UserError where it cannot be decoded or is too large.
 */
export async function readPicture(
  name: string,
  bytes: Uint8Array,
  decode: ImageDecoder,
  limits: Limits = LIMITS,
): Promise<PictureData> {
  const image = await decode(bytes).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${shown(name)} could not be decoded (${shown(why)}): save it again as PNG or JPEG`);
  });
  const { width: cols, height: rows, rgba } = image;
  if (rows > limits.side || cols > limits.side || rows * cols > limits.entries) {
    throw new UserError(
      `${shown(name)} has ${cols} x ${rows} pixels: at most ${limits.side} a side and ${limits.entries} ` +
        'together can be loaded; reduce it first',
    );
  }
  const count = rows * cols;
  if (count === 0 || rgba.length !== 4 * count)
    throw new UserError(`${shown(name)} has no pixels: choose another`);
  return { rows, cols, name, ...planes(rgba, count) };
}

function planes(rgba: Uint8ClampedArray, count: number): Pick<PictureData, 'values' | 'channels'> {
  const [values, r, g, b] = [0, 1, 2, 3].map(() => new Float32Array(count));
  let isGrey = true;
  for (let i = 0; i < count; i++) {
    const alpha = rgba[4 * i + 3] / 255;
    const red = rgba[4 * i] * alpha + 255 * (1 - alpha);
    const green = rgba[4 * i + 1] * alpha + 255 * (1 - alpha);
    const blue = rgba[4 * i + 2] * alpha + 255 * (1 - alpha);
    r[i] = red / 255;
    g[i] = green / 255;
    b[i] = blue / 255;
    values[i] = (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    if (rgba[4 * i] !== rgba[4 * i + 1] || rgba[4 * i] !== rgba[4 * i + 2]) isGrey = false;
  }
  return isGrey ? { values } : { values, channels: { r, g, b } };
}
