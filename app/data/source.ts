/** What a person's data looks like once it is loaded: numbers in rows and columns, whatever the file was. */

/** A 2-D array of real numbers, row-major. */
export interface MatrixData {
  rows: number;
  cols: number;
  values: Float64Array | Float32Array;
  name: string;
  /** Said to the person: how the file was folded to two dimensions, say. */
  note?: string;
}

/** A picture: the grey matrix, and the three channels (0..1) of a colour one. */
export interface PictureData extends MatrixData {
  channels?: { r: Float32Array; g: Float32Array; b: Float32Array };
}

/** One tensor of a .safetensors file, as its header says. */
export interface TensorEntry {
  name: string;
  dtype: string;
  shape: number[];
  bytes: number;
}

export type Loaded =
  | { kind: 'matrix'; matrix: MatrixData }
  | { kind: 'picture'; picture: PictureData }
  | { kind: 'tensors'; tensors: TensorEntry[]; read(name: string): Promise<MatrixData> };

/** Decodes PNG, JPEG, WebP ... to RGBA, 8 bits a channel, stored sRGB values. */
export type ImageDecoder = (
  bytes: Uint8Array,
) => Promise<{ width: number; height: number; rgba: Uint8ClampedArray }>;
