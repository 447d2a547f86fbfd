/** The memory tests of s4: LegS, a quarter of it, and random systems at the scale that suits them best. */
import type { Home, Tensor } from '../../../gpu/home';
import { deviceSystem, statesByBlocks } from '../../../kernels/recurrence';
import { eigen } from '../../../math/eigen';
import { legs, type System } from '../../../math/hippo';
import { matrix } from '../../../math/linalg';
import { bilinear } from '../../../math/statespace';
import { normals } from '../../../math/threefry';
import { type MemoryPlan, type Recall, recall } from '../../../testbeds/sequence';

const SCALES = [1, 3, 10, 30];

export interface RandomSystems {
  dense: System[];
  normal: System[];
}

/**
 * Random systems with the input vector of LegS. Dense: s G - (s a + 1/2) I with G ~ N(0, 1/N) and a its largest
 * real eigenvalue part, so that the slowest mode decays as e^(-t/2). Normal: s (G - G^T) / sqrt 2 - I / 2.
 */
export function randomSystems(seed: number, n: number, dt: number): RandomSystems {
  const g = matrix(
    n,
    n,
    normals(seed, 2, n * n).map((x) => Math.fround(x / Math.sqrt(n))),
  );
  const most = eigen(g).values.re.reduce((a, b) => Math.max(a, b), -Infinity);
  const { b } = legs(n);
  const build = (entry: (i: number, j: number) => number): System => {
    const a = matrix(n, n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) a.data[i * n + j] = entry(i, j);
    return bilinear({ a, b }, dt);
  };
  const at = (i: number, j: number): number => g.data[i * n + j];
  return {
    dense: SCALES.map((s) => build((i, j) => s * at(i, j) - (i === j ? s * most + 0.5 : 0))),
    normal: SCALES.map((s) =>
      build((i, j) => (s * (at(i, j) - at(j, i))) / Math.SQRT2 - (i === j ? 0.5 : 0)),
    ),
  };
}

export interface MemoryInput {
  u: Tensor;
  values: Float32Array;
  plan: MemoryPlan;
  ridge: number;
}

/** Recall of one discrete system. */
export async function recallOf(home: Home, system: System, input: MemoryInput): Promise<Recall> {
  const { u, values, plan, ridge } = input;
  return home.scope(async () =>
    recall(await statesByBlocks(deviceSystem(home, system), u), u, values, plan, ridge),
  );
}

/** The system with the lowest mean error counts. */
export async function bestRecall(
  home: Home,
  systems: readonly System[],
  input: MemoryInput,
  step: (index: number) => Promise<void>,
): Promise<Recall> {
  let best: Recall | null = null;
  for (const [i, system] of systems.entries()) {
    await step(i);
    const found = await recallOf(home, system, input);
    if (!best || found.mean < best.mean) best = found;
  }
  if (!best) throw new Error('bestRecall: no system');
  return best;
}
