/**
 * jax-js, jitted. Its arrays are lazy, and one that is disposed of before it is realized is never computed:
 * every result is kept until it is ready.
 */
import {
  blockUntilReady,
  defaultDevice,
  init,
  type Array as JaxArray,
  jit,
  lax,
  nn,
  numpy as np,
} from '@jax-js/jax';
import type { BenchCase, Outputs } from '../../../app/experiment/bench/case';
import type { Contender, Library } from '../contender';

type Values = Readonly<Record<string, JaxArray>>;
type Operation = (...inputs: JaxArray[]) => JaxArray[];

/** By family: names of inputs and outputs, and the function. Inputs are consumed, so a second use takes `.ref`. */
const operations: Readonly<Record<string, { from: string[]; to: string[]; call: Operation; jit?: boolean }>> =
  {
    matmul: { from: ['a', 'b'], to: ['c'], call: (a, b) => [np.matmul(a, b)] },
    tall: { from: ['a', 'b'], to: ['c'], call: (a, b) => [np.matmul(a, b)] },
    batched: { from: ['a', 'b'], to: ['c'], call: (a, b) => [np.matmul(a, b)] },
    transpose: { from: ['a'], to: ['t'], call: (a) => [np.transpose(a).add(0)] },
    softmax: { from: ['x'], to: ['y'], call: (x) => [nn.softmax(x, -1)] },
    attention: {
      from: ['q', 'k', 'v'],
      to: ['o'],
      call: (q, k, v) => {
        const scale = 1 / Math.sqrt(q.shape[1]);
        return [np.matmul(nn.softmax(np.matmul(q, np.transpose(k)).mul(scale), -1), v)];
      },
    },
    cumsum: { from: ['x'], to: ['y'], call: (x) => [np.cumsum(x)] },
    fft: {
      from: ['z.re', 'z.im'],
      to: ['z.re', 'z.im'],
      call: (real, imag) => {
        const z = np.fft.fft({ real, imag });
        return [z.real, z.imag];
      },
    },
    svd: {
      from: ['a'],
      to: ['u', 's', 'v'],
      call: (a) => {
        const [u, s, vh] = lax.linalg.svd(a, { fullMatrices: false }) as [JaxArray, JaxArray, JaxArray];
        return [u, s, np.transpose(vh)];
      },
    },
    sort: { from: ['x'], to: ['y'], call: (x) => [np.sort(x)] },
    elementwise: { from: ['x', 'y'], to: ['z'], call: (x, y) => [x.mul(y)] },
    gather: { from: ['a', 'index'], to: ['rows'], call: (a, index) => [np.take(a, index, 0)] },
    layernorm: {
      from: ['x', 'gain', 'bias'],
      to: ['y'],
      call: (x, gain, bias) => {
        const off = x.ref.sub(np.mean(x, -1, { keepdims: true }));
        const square = np.mean(off.ref.mul(off.ref), -1, { keepdims: true });
        return [
          off
            .div(np.sqrt(square.add(1e-5)))
            .mul(gain)
            .add(bias),
        ];
      },
    },
    rmsnorm: {
      from: ['x', 'gain', 'bias'],
      to: ['y'],
      call: (x, gain, bias) => {
        const square = np.mean(x.ref.mul(x.ref), -1, { keepdims: true });
        return [
          x
            .div(np.sqrt(square.add(1e-5)))
            .mul(gain)
            .add(bias),
        ];
      },
    },
  };

/** Complex outputs come as two arrays and are compared interleaved. */
function joined(read: Record<string, ArrayLike<number>>): Outputs {
  const { 'z.re': re, 'z.im': im, ...rest } = read;
  if (!re || !im) return rest;
  return {
    ...rest,
    z: Float32Array.from({ length: 2 * re.length }, (_, i) => (i % 2 === 0 ? re : im)[i >> 1]),
  };
}

export const jax: Library = {
  name: 'jax-js',
  async open() {
    if (!(await init('webgpu')).includes('webgpu')) throw new Error('jax-js could not open WebGPU');
    defaultDevice('webgpu');
  },
  async prepare(test: BenchCase): Promise<Contender | null> {
    const operation = operations[test.family];
    if (!operation) return null;
    const { from, to, call } = operation;
    const inputs: Record<string, JaxArray> = {};
    const put = (values: Float32Array | Uint32Array, shape: readonly number[]) =>
      np.array(values as Float32Array, { shape: [...shape] });
    for (const [name, { shape, values, dtype }] of Object.entries(test.inputs())) {
      if (dtype !== 'c64') inputs[name] = put(values, shape);
      else {
        inputs[`${name}.re`] = put(
          values.filter((_, i) => i % 2 === 0),
          shape,
        );
        inputs[`${name}.im`] = put(
          values.filter((_, i) => i % 2 === 1),
          shape,
        );
      }
    }
    await blockUntilReady(Object.values(inputs));
    const compiled = jit(call);
    const once = (values: Values): JaxArray[] => compiled(...from.map((name) => values[name].ref));
    return {
      async run(times) {
        const made: JaxArray[] = [];
        for (let i = 0; i < times; i++) made.push(...once(inputs));
        await blockUntilReady(made);
        for (const array of made) array.dispose();
      },
      async outputs() {
        const made = once(inputs);
        const read: Record<string, ArrayLike<number>> = {};
        for (const [i, name] of to.entries()) read[name] = (await made[i].data()) as Float32Array;
        return joined(read);
      },
      dispose() {
        for (const array of Object.values(inputs)) array.dispose();
        compiled.dispose();
      },
    };
  },
};
