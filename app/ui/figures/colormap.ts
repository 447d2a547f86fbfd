/**
 * Colours for matrices: 256-entry tables, sequential (viridis: van der Walt and Smith, 2015; even in lightness
 * and safe for colour-blind eyes) and diverging (blue, white, orange about zero).
 */

/** 256 x 3 bytes, r g b. */
export type Lut = Uint8Array;

const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
];

const BLUE_ORANGE = [
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [247, 247, 247],
  [253, 192, 132],
  [230, 130, 50],
  [179, 88, 6],
  [110, 50, 4],
];

function interpolated(anchors: readonly (readonly number[])[]): Lut {
  const lut = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (anchors.length - 1);
    const from = Math.min(Math.floor(at), anchors.length - 2);
    for (let c = 0; c < 3; c++) {
      lut[3 * i + c] = Math.round(anchors[from][c] + (at - from) * (anchors[from + 1][c] - anchors[from][c]));
    }
  }
  return lut;
}

export const LUTS: Readonly<Record<'sequential' | 'diverging', Lut>> = {
  sequential: interpolated(VIRIDIS),
  diverging: interpolated(BLUE_ORANGE),
};

/** What a value is shown as where it has no colour: NaN, or at or below 0 on a log scale. */
const NONE = [128, 128, 128, 90] as const;

export interface ColorScale {
  range: readonly [number, number];
  log: boolean;
  lut: Lut;
}

/**
 * The range of colours for these values: as given, or from low to high; symmetric about zero for diverging
 * ones; above zero for log ones. A constant matrix gets a range around its value.
 */
export function colorRange(
  values: ArrayLike<number>,
  kind: { palette: 'sequential' | 'diverging'; log: boolean; range?: readonly [number, number] },
): readonly [number, number] {
  const given = kind.range;
  if (given && given[0] < given[1] && !(kind.log && given[0] <= 0)) return given;
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value) || (kind.log && value <= 0)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return kind.log ? [0.1, 1] : [0, 1];
  if (kind.palette === 'diverging') {
    const most = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-most, most];
  }
  if (low === high) return kind.log ? [low / 2, low * 2] : [low - 0.5, low + 0.5];
  return [low, high];
}

/** RGBA of every value into `out` (4 bytes a value); values beyond the range take its end colours. */
export function paint(values: ArrayLike<number>, scale: ColorScale, out: Uint8ClampedArray): void {
  const { lut, log } = scale;
  const low = log ? Math.log(scale.range[0]) : scale.range[0];
  const high = log ? Math.log(scale.range[1]) : scale.range[1];
  const factor = 255 / (high - low);
  for (let i = 0, o = 0; i < values.length; i++, o += 4) {
    const at = ((log ? Math.log(values[i]) : values[i]) - low) * factor;
    if (Number.isNaN(at) || (log && values[i] <= 0)) {
      out.set(NONE, o);
      continue;
    }
    const entry = 3 * Math.round(Math.min(255, Math.max(0, at)));
    out[o] = lut[entry];
    out[o + 1] = lut[entry + 1];
    out[o + 2] = lut[entry + 2];
    out[o + 3] = 255;
  }
}
