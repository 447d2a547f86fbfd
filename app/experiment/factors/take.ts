/**
 * A run that is made for its factors: it ends as soon as the method offers them. They are read once, stored at
 * every precision by the kernels that a quantized layer would use, and measured again as they come back.
 */
import { floatBytes, type StoredTensor } from '../../data/write';
import { type Home, sizeOf, type Tensor } from '../../gpu/home';
import { dequantize, quantize } from '../../kernels/quantize';
import { UserError } from '../../math/errors';
import { encodeFloat16, roundToFloat16 } from '../../math/float16';
import type { Factor, FactorSet } from '../../methods/factors';
import type { Method } from '../../methods/method';
import { type Experiment, runExperiment } from '../runner';
import { BLOCK, PRECISIONS, type Precision, type StoredFactors, type TakenFactors } from './stored';

/** The run has what it was made for. */
class Taken extends Error {
  override readonly name = 'Taken';

  constructor(readonly factors: TakenFactors) {
    super('the factors are taken');
  }
}

const FLOATS: readonly Precision[] = ['f32', 'f16'];

/** More entries than this are not held at five precisions at once: 128 MB in float32. */
const MOST_ENTRIES = 2 ** 25;

/** The factors alone: the run ends where the method offers them. @throws UserError where it offers none. */
export async function takeFactors(experiment: Experiment): Promise<TakenFactors> {
  const onFactors = async (make: () => Promise<FactorSet>) => {
    throw new Taken(await storedFactors(experiment, make));
  };
  try {
    await runExperiment({ ...experiment, onPartial: undefined, onFactors });
  } catch (error) {
    if (error instanceof Taken) return error.factors;
    throw error;
  }
  return none(experiment.method);
}

/** @throws UserError: the run has offered nothing. */
export function none({ title }: Method): never {
  throw new UserError(`${title} has no factors to take at these settings`);
}

/** The factors at every precision. Whatever `make` makes is released. */
export async function storedFactors(
  { home, method, values }: Pick<Experiment, 'home' | 'method' | 'values'>,
  make: () => Promise<FactorSet>,
): Promise<TakenFactors> {
  return home.scope(async () => {
    const { parts, measures, metadata = {} } = await make();
    requireFew(parts.map(({ value }) => value));
    const entries: Entries[] = [];
    for (const { value } of parts) {
      const read = await home.read(value);
      entries.push(read instanceof Uint32Array ? read : Float32Array.from(read));
    }
    const stored: StoredFactors[] = [];
    // Where all are vectors whole numbers would leave all of them as they are.
    const coded = parts.some((part, i) => !(entries[i] instanceof Uint32Array) && !isVector(part));
    for (const precision of coded ? PRECISIONS : FLOATS) {
      await home.checkpoint();
      stored.push(
        await home.scope(async () => {
          const kept: Kept[] = [];
          for (const [i, part] of parts.entries()) {
            kept.push(await keep(home, part, entries[i], precision));
          }
          const measured: (number | null)[] = [];
          for (const { of } of measures) measured.push(await of(kept.map(({ value }) => value)));
          return {
            precision,
            parts: kept.map((one) => one.stored),
            bytes: kept.flatMap((one) => one.stored).reduce((sum, { bytes }) => sum + bytes.length, 0),
            rounding: await distance(home, entries, kept),
            measured,
          };
        }),
      );
    }
    return {
      method: method.id,
      values: { ...values },
      names: parts.map(({ name, key, value }) => ({ name, key, shape: value.shape })),
      measures: measures.map(({ metric = null, label }) => ({
        metric,
        label: label ?? method.metrics[metric ?? '']?.label ?? metric ?? '',
      })),
      stored,
      metadata,
    };
  });
}

type Entries = Float32Array | Uint32Array;

function requireFew(tensors: readonly Tensor[]): void {
  const count = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (count <= MOST_ENTRIES) return;
  throw new UserError(
    `The factors hold ${count} numbers, above the ${MOST_ENTRIES} that are taken at once: choose a smaller rank or size`,
  );
}

interface Kept {
  stored: StoredTensor[];
  /** As it comes back. */
  value: Tensor;
}

/** Singular values and biases are few and matter most: whole numbers leave them as they are. */
const isVector = ({ value: { shape }, isEntries = false }: Factor): boolean =>
  !isEntries && sizeOf(shape) === Math.max(1, ...shape);

async function keep(home: Home, factor: Factor, entries: Entries, precision: Precision): Promise<Kept> {
  const {
    key: name,
    value: { shape },
  } = factor;
  if (entries instanceof Uint32Array) {
    const bytes = wordBytes(entries);
    return { stored: [{ name, dtype: 'I32', shape, bytes }], value: home.tensor(shape, entries, 'u32') };
  }
  if (precision === 'f16') {
    return {
      stored: [{ name, dtype: 'F16', shape, bytes: halfBytes(encodeFloat16(entries)) }],
      value: home.tensor(shape, entries.map(roundToFloat16)),
    };
  }
  if (precision === 'f32' || isVector(factor)) {
    return {
      stored: [{ name, dtype: 'F32', shape, bytes: floatBytes(entries) }],
      value: home.tensor(shape, entries),
    };
  }
  const count = entries.length;
  const quantized = await quantize(home.tensor([1, count], entries), { scheme: precision, block: BLOCK });
  const words = Uint32Array.from(await home.read(quantized.codes));
  const scales = Float32Array.from(await home.read(quantized.scales));
  const eight = precision === 'int8';
  const codes = wordBytes(words).slice(0, eight ? count : Math.ceil(count / 2));
  return {
    stored: [
      eight
        ? { name, dtype: 'I8', shape, bytes: codes }
        : { name: `${name}.${precision}`, dtype: 'U8', shape: [codes.length], bytes: codes },
      { name: `${name}.scales`, dtype: 'F32', shape: [scales.length], bytes: floatBytes(scales) },
    ],
    value: home.reshape(await dequantize(quantized), shape),
  };
}

/** Little endian whatever the machine; codes are packed from the low bits of a word up. */
function wordBytes(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * words.length));
  words.forEach((word, i) => {
    view.setUint32(4 * i, word, true);
  });
  return new Uint8Array(view.buffer);
}

function halfBytes(halves: Uint16Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * halves.length));
  halves.forEach((half, i) => {
    view.setUint16(2 * i, half, true);
  });
  return new Uint8Array(view.buffer);
}

/** The largest ||kept - given||_F / ||given||_F of a real factor, measured on the difference itself. */
async function distance(home: Home, entries: readonly Entries[], kept: readonly Kept[]): Promise<number> {
  let largest = 0;
  for (const [i, given] of entries.entries()) {
    if (given instanceof Uint32Array) continue;
    const back = await home.read(kept[i].value);
    let [rest, whole] = [0, 0];
    given.forEach((x, e) => {
      rest += (back[e] - x) ** 2;
      whole += x * x;
    });
    if (whole > 0) largest = Math.max(largest, Math.sqrt(rest / whole));
  }
  return largest;
}
