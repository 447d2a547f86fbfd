/** What the worker runs: a session on the GPU of this browser, with its decoder of pictures. */
import type { ImageDecoder } from '../data/source';
import { UserError } from '../math/errors';
import { IdleTuning } from './idletuning';
import type { FromWorker } from './protocol';
import { Session } from './session';
import { browserTuningStore } from './tuningstore';

const decodeImage: ImageDecoder = async (bytes) => {
  let bitmap: ImageBitmap;
  try {
    // The stored values count: no conversion to the display's colours, no premultiplied alpha.
    bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]), {
      colorSpaceConversion: 'none',
      premultiplyAlpha: 'none',
    });
  } catch {
    throw new UserError('the picture could not be decoded by this browser: save it as PNG, JPEG or WebP');
  }
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error(`no canvas of ${width} x ${height}`);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, rgba: new Uint8ClampedArray(context.getImageData(0, 0, width, height).data) };
};

export const session = new Session({
  post: (message: FromWorker) => self.postMessage(message),
  decodeImage,
  tuning: new IdleTuning(browserTuningStore),
});
