/**
 * Weight files in a worker: lists what a .safetensors file holds, finds the spectrum of every matrix in it, one
 * after the other, and resizes LoRA pairs. Only the tensor at hand is in memory. To stop it, the page ends the
 * worker.
 */
import { load } from '../../data/load';
import { LIMITS } from '../../data/matrix';
import type { Loaded } from '../../data/source';
import { openUrl } from '../../data/url';
import { type NamedTensor, writeSafetensors } from '../../data/write';
import { CpuHome } from '../../gpu/cpuhome';
import { openGpu } from '../../gpu/device';
import { GpuHome } from '../../gpu/gpuhome';
import type { Home } from '../../gpu/home';
import { isUserError, UserError } from '../../math/errors';
import { matrix } from '../../math/linalg';
import { toPlainError } from '../protocol';
import { type Factored, factorProduct, findPairs, type Pair, rankFor, resized } from './lora';
import type { FileSummary, FromWeights, ToWeights } from './protocol';
import { EXACT_SIDE, spectrumOf, summarize } from './spectra';

const post = (message: FromWeights, transfer: Transferable[] = []) => self.postMessage(message, { transfer });

interface Open {
  file: Extract<Loaded, { kind: 'tensors' }>;
  summary: FileSummary;
  factored: Map<string, Factored>;
}

let open: Open | null = null;
let home: Home | null = null;

async function openHome(): Promise<Home> {
  try {
    home ??= new GpuHome(await openGpu());
  } catch {
    home = new CpuHome(); // the bar of the page says why
  }
  return home;
}

async function openFile(source: Extract<ToWeights, { type: 'open' }>['source']): Promise<void> {
  const file = source.kind === 'file' ? source.file : await openUrl(source.url);
  const noPictures = async () => {
    throw new UserError('a picture has no weights: choose a .safetensors file');
  };
  const loaded = await load(file, { image: noPictures });
  if (loaded.kind !== 'tensors') {
    throw new UserError(
      `${file.name} is no .safetensors file: a single matrix opens under Data on a method's page`,
    );
  }
  const pairs = findPairs(loaded.tensors);
  const shapes = new Map(loaded.tensors.map(({ name, shape }) => [name, shape]));
  const inPairs = new Set(pairs.flatMap(({ a, b, alpha }) => [a, b, alpha]));
  const single = loaded.tensors.filter(({ name }) => !inPairs.has(name));
  const matrices = single.filter(({ shape }) => shape.length > 1 && shape.every((size) => size > 0));
  const sides = (shape: readonly number[]) => [shape[0], shape.slice(1).reduce((x, y) => x * y, 1)] as const;
  const summary: FileSummary = {
    name: file.name,
    matrices: matrices.map(({ name, dtype, shape }) => {
      const [rows, cols] = sides(shape);
      return { name, dtype, shape, rows, cols };
    }),
    pairs: pairs.map((pair) => {
      const [rows, rank] = sides(shapes.get(pair.b) ?? []);
      return { ...pair, rows, rank, cols: sides(shapes.get(pair.a) ?? [])[1] };
    }),
    others: single.length - matrices.length,
  };
  open = { file: loaded, summary, factored: new Map() };
  post({ type: 'opened', summary });
}

async function factor({ file, factored }: Open, pair: Pair): Promise<Factored> {
  const known = factored.get(pair.base);
  if (known) return known;
  const [b, a] = [await file.read(pair.b), await file.read(pair.a)];
  const made = factorProduct(matrix(b.rows, b.cols, b.values), matrix(a.rows, a.cols, a.values));
  factored.set(pair.base, made);
  return made;
}

async function sweep(current: Open): Promise<void> {
  const { file, summary } = current;
  const of = summary.pairs.length + summary.matrices.length;
  const large = summary.matrices.some(({ rows, cols }) => Math.min(rows, cols) > EXACT_SIDE);
  // The device is only opened for what the CPU would take too long for.
  const place: Home = large ? await openHome() : new CpuHome();
  let done = 0;
  const step = async (name: string, body: () => Promise<void>) => {
    post({ type: 'progress', done: done++, of, what: name });
    try {
      await body();
    } catch (error) {
      if (!isUserError(error)) throw error;
      post({ type: 'refused', name, why: error.message });
    }
  };
  for (const pair of summary.pairs) {
    await step(pair.base, async () => {
      const { sigma } = await factor(current, pair);
      const total = sigma.reduce((sum, s) => sum + s * s, 0);
      post({ type: 'row', row: { name: pair.base, spectrum: summarize(sigma, total, true) } });
    });
  }
  for (const { name, rows, cols } of summary.matrices) {
    await step(name, async () => {
      if (rows * cols > LIMITS.entries)
        throw new UserError(`${rows} x ${cols} has more than ${LIMITS.entries} entries`);
      const { rows: m, cols: n, values } = await file.read(name);
      post({ type: 'row', row: { name, spectrum: await spectrumOf(place, m, n, values) } });
    });
  }
  post({ type: 'swept', label: large ? place.label : 'the CPU, float64' });
}

async function resize(current: Open, { rank, energy }: { rank?: number; energy?: number }): Promise<void> {
  const { file, summary } = current;
  const tensors: NamedTensor[] = [];
  const kept = [];
  for (const [done, pair] of summary.pairs.entries()) {
    post({ type: 'progress', done, of: summary.pairs.length, what: pair.base });
    const factored = await factor(current, pair);
    const { sigma } = factored;
    const wanted = rank ?? rankFor(sigma, energy ?? 1);
    const to = Math.max(1, Math.min(wanted, sigma.length));
    const { b, a } = resized(factored, to);
    tensors.push({ name: pair.a, shape: [to, a.cols], values: a.data });
    tensors.push({ name: pair.b, shape: [b.rows, to], values: b.data });
    if (pair.alpha) {
      // The trainer scales by alpha / r: alpha follows the rank, so that the change stays what it was.
      const { values } = await file.read(pair.alpha);
      tensors.push({ name: pair.alpha, shape: [], values: [(values[0] * to) / pair.rank] });
    }
    const square = (from: number, end: number) => sigma.slice(from, end).reduce((sum, s) => sum + s * s, 0);
    const all = square(0, sigma.length);
    kept.push({ base: pair.base, from: pair.rank, rank: to, energy: all > 0 ? square(0, to) / all : 1 });
  }
  const bytes = writeSafetensors(tensors, { format: 'pt', resized_by: 'Rankscope' });
  post({ type: 'resized', resized: { bytes, kept } }, [bytes.buffer]);
}

async function handle(message: ToWeights): Promise<void> {
  if (message.type === 'open') return openFile(message.source);
  if (!open) throw new Error(`${message.type} before a file is open`);
  return message.type === 'sweep' ? sweep(open) : resize(open, message);
}

let queue: Promise<void> = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<ToWeights>) => {
  queue = queue
    .then(() => handle(data))
    .catch((error: unknown) => post({ type: 'error', error: toPlainError(error) }));
};
