/**
 * The variants of one operation side by side on a device: each checked against float64 before its time counts, then
 * all timed in turn, forwards and backwards, so that none has the better minutes of the machine.
 */

import type { GpuDevice } from '../../gpu/device';
import { GpuHome, type GpuHomeOptions } from '../../gpu/gpuhome';
import { tileVariant } from '../../kernels/scantiles';
import { median } from '../../math/statistics';
import { type BenchCase, type Tensors, tensorsOf, type Verdict, WRONG } from './case';
import { callMs, readAll } from './measure';
import { AS_GPU, type Planned, planned } from './plan';
import type { VariantEntry, VariantFamily, VariantReport, VariantRow, VariantTimes } from './variant';
import { type Runnable, runnable, type VariantRun } from './variants';

export interface VariantOptions {
  at?: 'software' | 'hardware' | 'tiny';
  rounds?: number;
  leastMs?: number;
  /** Variants that are compiled although their barriers are slow here; true for all. */
  anyway?: readonly string[] | true;
  onProgress?: (done: number, of: number, what: string) => void;
  onRow?: (row: VariantRow) => void;
  seam?: () => Promise<void>;
}

/** Vendor of a large GPU, for which the choice on hardware is told. */
const LARGE = { ...AS_GPU, vendor: 'nvidia' };
const MOST_CALLS = 200;

const isOf = ({ shader, constants = {} }: VariantEntry, { name, constants: had }: Planned): boolean =>
  name === shader && Object.entries(constants).every(([key, value]) => had[key] === value);

/** The variant that a plan ran: the one whose kernel does the work in it. */
function chosenIn(family: VariantFamily, plan: readonly Planned[]): string | null {
  const candidates = family.variants.filter(({ shownOnly }) => !shownOnly);
  return candidates.find((entry) => plan.some((dispatch) => isOf(entry, dispatch)))?.name ?? null;
}

/** Which variants an operation takes on this device, and on a GPU. */
export async function choicesOf(
  gpu: GpuDevice,
  { family, test }: Runnable,
  onGpuTest: BenchCase,
): Promise<{ here: string | null; onGpu: readonly string[] }> {
  const here = chosenIn(family, await planned(gpu, test));
  if (family.onGpu) return { here, onGpu: family.onGpu };
  const there = chosenIn(family, await planned(gpu, onGpuTest, LARGE));
  return { here, onGpu: there === null ? [] : [there] };
}

/** Why a variant does not run here; null where it does. */
function hindrance(home: GpuHome, entry: VariantEntry): { reason: string; canRun: boolean } | null {
  if (entry.needs && !home.device.features.has(entry.needs)) {
    return { reason: `not run here: this adapter has no ${entry.needs}`, canRun: false };
  }
  if (entry.barriers && home.barriersAreSlow) {
    return {
      reason: 'not run here: it waits at workgroup barriers, which are slow on this adapter, to compile too',
      canRun: true,
    };
  }
  return null;
}

interface Ready {
  row: VariantRow;
  call: () => Promise<Tensors>;
  home: GpuHome;
  verdict: Verdict;
  firstMs: number;
  times: number;
  samples: { wallMs: number; kernelMs: number | null }[];
}

/** All variants of an operation on this device. @throws UserError where there is no such operation. */
export async function measureVariants(
  gpu: GpuDevice,
  id: string,
  options: VariantOptions = {},
): Promise<VariantReport> {
  const { rounds = 9, leastMs = 30, anyway = [], onProgress, onRow, seam } = options;
  const one = runnable(id, options.at ?? (gpu.report.isFallback ? 'software' : 'hardware'));
  const { family, test } = one;
  const homes = new Homes(gpu);
  try {
    const own = homes.of();
    // Planned on this device, the self-test of the scans could not read what it wrote.
    if (id === 'cumsum' && !own.barriersAreSlow) await tileVariant(own);
    const larger = runnable(id, options.at === 'tiny' ? 'tiny' : 'hardware').test;
    const { here, onGpu } = await choicesOf(gpu, one, larger);
    const ready: Ready[] = [];
    const rows: VariantRow[] = [];
    const put = (row: VariantRow) => {
      rows.push(row);
      onRow?.(row);
    };
    for (const [i, entry] of family.variants.entries()) {
      onProgress?.(i, family.variants.length + rounds, `${entry.name}: compiling and checking`);
      await seam?.();
      const { name } = entry;
      const stops = hindrance(own, entry);
      const asked = anyway === true || anyway.includes(name);
      const base = { name, measured: null, here: name === here, onGpu: onGpu.includes(name) };
      if (stops && !(stops.canRun && asked)) {
        put({ ...base, ...stops });
        continue;
      }
      const row = { ...base, reason: null, canRun: true };
      try {
        ready.push(await prepare(homes, one, name, row, leastMs));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        put({ ...row, reason: `failed: ${message.slice(0, 300)}` });
      }
    }
    for (let round = 0; round < rounds; round++) {
      onProgress?.(
        family.variants.length + round,
        family.variants.length + rounds,
        `round ${round + 1} of ${rounds}`,
      );
      for (const item of round % 2 === 0 ? ready : [...ready].reverse()) {
        await seam?.();
        if (item.verdict.error <= WRONG) item.samples.push(await callMs(item.home, item.times, item.call));
      }
    }
    // Timestamps of some and the clock for others would compare unlike things.
    const useKernels = ready.every(({ samples }) => samples.every(({ kernelMs }) => kernelMs !== null));
    for (const item of ready) put({ ...item.row, measured: timesOf(item, useKernels) });
    const order = family.variants.map(({ name }) => name);
    rows.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const { title, limit, why } = family;
    return {
      version: 1,
      family: id,
      title,
      limit,
      test: test.id,
      flop: test.flop,
      bytes: test.bytes,
      label: gpu.report.label,
      isFallback: gpu.report.isFallback,
      rows,
      why,
    };
  } finally {
    homes.dispose();
  }
}

/** One home for each way to take the device, with the operands of each case in it. */
class Homes {
  private readonly made = new Map<string, GpuHome>();
  private readonly tensors = new Map<string, Tensors>();

  constructor(
    private readonly gpu: GpuDevice,
    private readonly options: GpuHomeOptions = {},
  ) {}

  of(as: VariantRun['as'] = {}): GpuHome {
    const key = JSON.stringify(as);
    let home = this.made.get(key);
    if (!home) {
      home = new GpuHome({ ...this.gpu, report: { ...this.gpu.report, ...as } }, this.options);
      this.made.set(key, home);
    }
    return home;
  }

  operands(home: GpuHome, as: VariantRun['as'], test: BenchCase): Tensors {
    const key = `${JSON.stringify(as ?? {})} ${test.id}`;
    const known = this.tensors.get(key);
    if (known) return known;
    const made = tensorsOf(home, test);
    this.tensors.set(key, made);
    return made;
  }

  dispose(): void {
    for (const [key, made] of this.tensors) {
      for (const tensor of Object.values(made))
        this.made.get(key.slice(0, key.indexOf('}') + 1))?.release(tensor);
    }
    for (const home of this.made.values()) home.dispose();
  }
}

/** Compiles, runs once, compares with float64, and finds how many calls make a sample. */
async function prepare(
  homes: Homes,
  { test, runs, size }: Runnable,
  name: string,
  row: VariantRow,
  leastMs: number,
): Promise<Ready> {
  const { run, as, test: own } = runs[name];
  const home = homes.of(as);
  const judged = own ? own(size) : test;
  const tensors = homes.operands(home, as, test);
  const call = () => run(tensors, home);
  await home.timings();
  const began = performance.now();
  const outputs = await home.scope(async () => readAll(home, await call()));
  const firstMs = performance.now() - began;
  const verdict = judged.check(outputs);
  await home.timings();
  const { wallMs: once } = await callMs(home, 1, call);
  const times = Math.max(1, Math.min(MOST_CALLS, Math.ceil(leastMs / Math.max(once, 1e-3))));
  return { row, call, home, verdict, firstMs, times, samples: [] };
}

function timesOf({ verdict, firstMs, samples }: Ready, useKernels: boolean): VariantTimes {
  const ms = samples.map(({ wallMs, kernelMs }) => (useKernels ? (kernelMs ?? wallMs) : wallMs));
  return {
    verdict,
    isRight: verdict.error <= WRONG,
    firstMs,
    bestMs: Math.min(...ms),
    medianMs: ms.length > 0 ? median(ms) : Number.NaN,
    clock: useKernels ? 'kernels' : 'wall',
    rounds: samples.length,
  };
}
