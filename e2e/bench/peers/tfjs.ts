/** TensorFlow.js on its WebGPU backend. */
import '@tensorflow/tfjs-backend-webgpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { BenchCase, Outputs } from '../../../app/experiment/bench/case';
import type { Contender, Library } from '../contender';

type Values = Readonly<Record<string, tf.Tensor>>;
type Operation = (inputs: Values, test: BenchCase) => Record<string, tf.Tensor>;

/** By family. FFT and QR exist but take minutes at the sizes measured: the run skips them by name. */
const operations: Readonly<Record<string, Operation>> = {
  matmul: ({ a, b }) => ({ c: tf.matMul(a, b) }),
  tall: ({ a, b }) => ({ c: tf.matMul(a, b) }),
  batched: ({ a, b }) => ({ c: tf.matMul(a, b) }),
  transpose: ({ a }) => ({ t: tf.transpose(a) }),
  softmax: ({ x }) => ({ y: tf.softmax(x as tf.Tensor2D) }),
  attention: ({ q, k, v }) => {
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(q.shape[1] ?? 1));
    return { o: tf.matMul(tf.softmax(scores as tf.Tensor2D), v) };
  },
  cumsum: ({ x }) => ({ y: tf.cumsum(x) }),
  fft: ({ z }) => ({ z: tf.spectral.fft(z) }),
  sort: ({ x }) => {
    const { values } = tf.topk(x, x.shape[0]);
    return { y: tf.reverse(values) };
  },
  elementwise: ({ x, y }) => ({ z: tf.mul(x, y) }),
  gather: ({ a, index }) => ({ rows: tf.gather(a, index as tf.Tensor1D) }),
  topk: ({ x }, { size: { k } }) => {
    const { values, indices } = tf.topk(x, k);
    return { values, columns: indices };
  },
  layernorm: ({ x, gain, bias }) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const scaled = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    return { y: tf.add(tf.mul(scaled, gain), bias) };
  },
  rmsnorm: ({ x, gain, bias }) => {
    const scaled = tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5)));
    return { y: tf.add(tf.mul(scaled, gain), bias) };
  },
  qr: ({ a }) => {
    const [q, r] = tf.linalg.qr(a as tf.Tensor2D);
    return { q, r };
  },
};

const backend = (): WebGPUBackend => tf.backend() as WebGPUBackend;

/** Sends what is encoded: its open pass ended first, and only where it has not just sent it by itself. */
function flush(): void {
  const { commandEncoder } = backend() as unknown as { commandEncoder: GPUCommandEncoder | null };
  if (!commandEncoder) return;
  backend().endComputePassEncoder();
  backend().submitQueue();
}

export const tfjs: Library = {
  name: 'tfjs',
  async open() {
    if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js could not open WebGPU');
    await tf.ready();
  },
  async prepare(test: BenchCase): Promise<Contender | null> {
    const operation = operations[test.family];
    if (!operation) return null;
    const inputs: Record<string, tf.Tensor> = {};
    for (const [name, { shape, values, dtype }] of Object.entries(test.inputs())) {
      if (dtype === 'c64') {
        const [re, im] = [0, 1].map((part) => values.filter((_, i) => i % 2 === part));
        inputs[name] = tf.tidy(() => tf.complex(re as Float32Array, im as Float32Array));
      } else
        inputs[name] =
          dtype === 'u32'
            ? tf.tensor(Int32Array.from(values), [...shape], 'int32')
            : tf.tensor(values as Float32Array, [...shape]);
    }
    return {
      async run(times) {
        for (let i = 0; i < times; i++) {
          tf.tidy(() => {
            operation(inputs, test);
          });
        }
        flush();
        await backend().device.queue.onSubmittedWorkDone();
      },
      async outputs() {
        const made = tf.tidy(() => operation(inputs, test));
        const read: Record<string, ArrayLike<number>> = {};
        for (const [name, tensor] of Object.entries(made)) read[name] = await tensor.data();
        for (const tensor of Object.values(made)) tensor.dispose();
        return read satisfies Outputs;
      },
      dispose() {
        for (const tensor of Object.values(inputs)) tensor.dispose();
      },
    };
  },
};
