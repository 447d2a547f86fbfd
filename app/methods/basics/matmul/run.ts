/** The run: the float64 product, the peaks, then kernel after kernel: its answer, its time, its curves. */
import type { GpuHome } from '../../../gpu/gpuhome';
import { gemmVariant, halves, hasSubgroups, type Variant } from '../../../kernels/gemm_variants';
import { peakCopy, peakFma, peakSizes } from '../../../kernels/peak';
import { UserError } from '../../../math/errors';
import {
  difference,
  distance,
  type Entries,
  gamma,
  KERNELS,
  type Layout,
  operands,
  type ProductShape,
  type Reference,
  reference,
  stridesOf,
  U16,
} from '../../../testbeds/matmul';
import type { Lab, Outcome } from '../../method';
import { charts, errorMap, type Peak, type Row, sizeCurves } from './figures';

interface MatmulValues {
  seed: number;
  m: number;
  n: number;
  k: number;
  count: number;
  layout: Layout;
  data: Entries;
  splits: number;
  repeats: number;
}

const CPU_NOTE =
  'On the CPU all sums are float64: the kernels differ by order alone, and what is said of float32 rounding ' +
  '(slices and lanes against one sum) is not shown.';

/** Refuses operands that this device cannot bind at once. @throws UserError that names the limit and a cure. */
function checkDevice(lab: Lab, { m, n, k, count }: ProductShape, splits: number): void {
  if (lab.home.kind !== 'gpu') return;
  const limit = (lab.home as GpuHome).device.limits.maxStorageBufferBindingSize;
  const buffers = [
    { name: 'A', entries: m * k },
    { name: 'B', entries: k * n },
    { name: `the ${splits} slices of C`, entries: m * n * splits },
  ];
  for (const { name, entries } of buffers) {
    const bytes = 4 * count * entries;
    if (bytes <= limit) continue;
    const most = Math.floor(limit / 4 / entries);
    const cure =
      most >= 1
        ? `choose a batch of ${most} or less`
        : `choose sizes whose product is ${Math.floor(limit / 4)} or less`;
    throw new UserError(
      `${name} takes ${bytes} bytes, above the ${limit} that this device binds at once ` +
        `(maxStorageBufferBindingSize): ${cure}`,
    );
  }
}

async function peaks(lab: Lab): Promise<Peak> {
  return lab.home.scope(async () => {
    const { invocations, steps, words } = peakSizes(lab.home);
    const c = lab.home.tensor([invocations]);
    const from = lab.home.tensor([words]);
    const to = lab.home.tensor([words]);
    let [flopMs, copyMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let i = 0; i < 5; i++) {
      flopMs = Math.min(flopMs, await lab.time('peak', 1, () => peakFma(c, steps)));
      copyMs = Math.min(copyMs, await lab.time('peak', 1, () => peakCopy(from, to)));
    }
    return { gflops: (64 * steps * invocations) / flopMs / 1e6, gbps: (8 * words) / copyMs / 1e6 };
  });
}

interface Timed {
  got: ArrayLike<number>;
  ms: number;
}

/** The product by one kernel and its median time; what warms up is also what is read. */
async function product(
  lab: Lab,
  kernel: Variant,
  shape: ProductShape,
  splits: number,
  { a, b }: ReturnType<typeof operands>,
  repeats: number,
): Promise<Timed> {
  return lab.home.scope(async () => {
    const store = (x: Float32Array) =>
      kernel === 'f16' ? halves(lab.home, x) : lab.home.tensor([x.length], x);
    const [x, y] = [store(a), store(b)];
    const job = { ...shape, ...stridesOf(shape), splits: Math.min(splits, shape.k) };
    let got: ArrayLike<number> | undefined;
    const ms = await lab.time(kernel, repeats, async () => {
      const c = await gemmVariant(lab.home, kernel, job, x, y);
      got ??= await lab.home.read(c);
    });
    return { got: got ?? [], ms };
  });
}

/** The product by one kernel, once. */
async function once(
  lab: Lab,
  kernel: Variant,
  shape: ProductShape,
  splits: number,
  { a, b }: ReturnType<typeof operands>,
): Promise<ArrayLike<number>> {
  return lab.home.scope(async () => {
    const store = (x: Float32Array) =>
      kernel === 'f16' ? halves(lab.home, x) : lab.home.tensor([x.length], x);
    const job = { ...shape, ...stridesOf(shape), splits: Math.min(splits, shape.k) };
    return lab.home.read(await gemmVariant(lab.home, kernel, job, store(a), store(b)));
  });
}

/** Cubes for the curve: 64, 128, ... while one costs no more than the chosen product. */
const cubes = (flops: number): number[] =>
  [64, 128, 256, 512, 1024, 2048].filter((size, i) => i === 0 || 2 * size ** 3 <= flops);

/** Inner sizes for the curve of errors: 16, 64, ... and the chosen one. */
const innerSizes = (k: number): number[] => [
  ...[16, 64, 256, 1024, 4096, 16384].filter((inner) => inner < k),
  k,
];

export async function runMatmul(lab: Lab, values: MatmulValues): Promise<Outcome> {
  const { m, n, k, count, layout, data, repeats } = values;
  const shape: ProductShape = { m, n, k, count, layout };
  const splits = Math.min(values.splits, k);
  checkDevice(lab, shape, splits);
  const notes: string[] = [];
  if (splits < values.splits) notes.push(`k = ${k} has no more than ${k} slices: splits is ${splits}.`);
  const lanes = lab.home.kind === 'gpu' && !hasSubgroups(lab.home);
  if (lab.home.kind === 'cpu') notes.push(CPU_NOTE);
  else if (lanes) notes.push('No subgroups here: that row uses 32 lanes and a tree in workgroup memory.');

  await lab.step(0, 'float64 product');
  const drawn = operands(values.seed, shape, data);
  const want = reference(drawn.a, drawn.b, shape);
  if (want.rows.length < m) notes.push(`Errors and norm.C cover ${want.rows.length} of ${m} rows.`);
  if (want.norm === 0) notes.push('C = 0: errors are absolute.');
  await lab.step(0.1, 'peaks');
  const peak = await lab.cached('matmul peaks', () => peaks(lab));

  const flops = 2 * m * n * k * count;
  const intensity = (2 * m * n * k) / (4 * (m * k + k * n + m * n));
  const roofline = Math.min(peak.gflops, intensity * peak.gbps);
  const bound = gamma(k);
  const metrics: Record<string, number | null> = {
    'bound.gamma': bound,
    'norm.C': want.norm,
    flops,
    'peak.gflops': peak.gflops,
    'peak.gbps': peak.gbps,
    intensity,
    'roofline.gflops': roofline,
  };
  const reasons: Record<string, string> = {};
  const rows: Row[] = [];
  const products = new Map<Variant, ArrayLike<number>>();
  const maps: { label: string; entries: Float32Array }[] = [];
  for (const [i, kernel] of KERNELS.entries()) {
    await lab.step(0.2 + (0.5 * i) / KERNELS.length, kernel);
    const { got, ms } = await product(lab, kernel, shape, splits, drawn, repeats);
    if (kernel === 'naive' || kernel === 'subgroup' || kernel === 'splitk') products.set(kernel, got);
    const { error, worst, entries } = distance(got, want, shape);
    metrics[`error.${kernel}`] = error;
    metrics[`bound.ratio.${kernel}`] = worst / (kernel === 'f16' ? 2 * U16 + U16 ** 2 + bound : bound);
    const label = kernel === 'subgroup' && lanes ? '32 lanes' : kernel;
    maps.push({ label, entries });
    const gflops = flops / ms / 1e6;
    const share = gflops / peak.gflops;
    if (ms > 0) {
      Object.assign(metrics, {
        [`ms.${kernel}`]: ms,
        [`gflops.${kernel}`]: gflops,
        [`share.${kernel}`]: share,
      });
      if (share > 1.05) notes.push(`${kernel} is above the peak, which was measured too low.`);
      const own = kernel === 'f16' ? flops / count / (2 * (m * k + k * n) + 4 * m * n) : intensity;
      rows.push({ key: kernel, label, gflops, intensity: own, error });
    } else {
      for (const key of ['ms', 'gflops', 'share']) {
        metrics[`${key}.${kernel}`] = null;
        reasons[`${key}.${kernel}`] = 'The clock of this device gave no time for it.';
      }
    }
    lab.partial({ metrics: { ...metrics }, figures: charts(rows, peak, roofline) });
  }
  const naive = products.get('naive') ?? [];
  const apart = (['subgroup', 'splitk'] as const).map((v) => difference(products.get(v) ?? [], naive));
  metrics['agree.max'] = Math.max(...apart) / (want.norm || 1);
  const figures = [...charts(rows, peak, roofline), ...maps.map((map) => errorMap(map, want.rows.length, n))];
  lab.partial({ metrics, figures });
  return {
    metrics,
    reasons,
    notes,
    figures: [...figures, ...(await curves(lab, values, splits, flops))],
  };
}

/** Rates of cubes of growing size, and errors of sums of growing length, by every kernel. */
async function curves(lab: Lab, values: MatmulValues, splits: number, flops: number) {
  const { seed, data, layout } = values;
  const rates = KERNELS.map((key) => ({ key, x: [] as number[], y: [] as number[] }));
  const errors = KERNELS.map((key) => ({ key, x: [] as number[], y: [] as number[] }));
  const sizes = cubes(flops);
  for (const [i, size] of sizes.entries()) {
    const shape: ProductShape = { m: size, n: size, k: size, count: 1, layout };
    const drawn = operands(seed, shape, data);
    for (const [j, kernel] of KERNELS.entries()) {
      await lab.step(0.7 + (0.2 * (i + j / KERNELS.length)) / sizes.length, `${kernel} at ${size}`);
      const { ms } = await product(lab, kernel, shape, splits, drawn, 1);
      if (!(ms > 0)) continue;
      rates[j].x.push(size);
      rates[j].y.push((2 * size ** 3) / ms / 1e6);
    }
  }
  const inner = innerSizes(values.k);
  for (const [i, k] of inner.entries()) {
    const shape: ProductShape = { m: Math.min(values.m, 32), n: Math.min(values.n, 32), k, count: 1, layout };
    const drawn = operands(seed, shape, data);
    const want: Reference = reference(drawn.a, drawn.b, shape);
    for (const [j, kernel] of KERNELS.entries()) {
      await lab.step(0.9 + (0.1 * i) / inner.length, `errors at k = ${k}`);
      errors[j].x.push(k);
      errors[j].y.push(distance(await once(lab, kernel, shape, splits, drawn), want, shape).error);
    }
  }
  return sizeCurves(rates, errors);
}
