/** ONNX Runtime Web on its WebGPU execution provider, inputs and outputs left on the GPU. */

import moduleUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';
import type { BenchCase, Outputs } from '../../../app/experiment/bench/case';
import type { Contender, Library } from '../contender';
import { type Graph, onnxModel } from './onnx';

type Make = (test: BenchCase) => Graph;

const values = (test: BenchCase): Graph['inputs'] =>
  Object.entries(test.inputs()).map(([name, { shape, dtype }]) => ({
    name,
    shape,
    type: dtype === 'u32' ? 'int32' : 'float',
  }));

const product: Make = (test) => {
  const { m, n, batch = 1 } = test.size;
  return {
    inputs: values(test),
    outputs: [{ name: 'c', shape: batch > 1 ? [batch, m, n] : [m, n] }],
    nodes: [{ op: 'MatMul', inputs: ['a', 'b'], outputs: ['c'] }],
  };
};

/** By family. Its fused attention is wrong on adapters with subgroups of 4, so three operators stand here. */
const graphs: Readonly<Record<string, Make>> = {
  matmul: product,
  tall: product,
  batched: product,
  transpose: (test) => ({
    inputs: values(test),
    outputs: [{ name: 't', shape: [test.size.n, test.size.m] }],
    nodes: [{ op: 'Transpose', inputs: ['a'], outputs: ['t'], attributes: [{ name: 'perm', ints: [1, 0] }] }],
  }),
  softmax: (test) => ({
    inputs: values(test),
    outputs: [{ name: 'y', shape: [test.size.m, test.size.n] }],
    nodes: [{ op: 'Softmax', inputs: ['x'], outputs: ['y'], attributes: [{ name: 'axis', i: -1 }] }],
  }),
  attention: (test) => ({
    inputs: values(test),
    outputs: [{ name: 'o', shape: [test.size.n, test.size.d] }],
    constants: [{ name: 'scale', shape: [], float: [1 / Math.sqrt(test.size.d)] }],
    nodes: [
      { op: 'Mul', inputs: ['q', 'scale'], outputs: ['qs'] },
      { op: 'Transpose', inputs: ['k'], outputs: ['kt'], attributes: [{ name: 'perm', ints: [1, 0] }] },
      { op: 'MatMul', inputs: ['qs', 'kt'], outputs: ['s'] },
      { op: 'Softmax', inputs: ['s'], outputs: ['p'], attributes: [{ name: 'axis', i: -1 }] },
      { op: 'MatMul', inputs: ['p', 'v'], outputs: ['o'] },
    ],
  }),
  sort: (test) => ({
    inputs: values(test),
    outputs: [{ name: 'y', shape: [test.size.n] }],
    constants: [{ name: 'k', shape: [1], int64: [test.size.n] }],
    nodes: [
      {
        op: 'TopK',
        inputs: ['x', 'k'],
        outputs: ['y', 'i'],
        attributes: [
          { name: 'axis', i: -1 },
          { name: 'largest', i: 0 },
          { name: 'sorted', i: 1 },
        ],
      },
    ],
  }),
  elementwise: (test) => ({
    inputs: values(test),
    outputs: [{ name: 'z', shape: [test.size.n] }],
    nodes: [{ op: 'Mul', inputs: ['x', 'y'], outputs: ['z'] }],
  }),
  gather: (test) => ({
    inputs: values(test),
    outputs: [{ name: 'rows', shape: [test.size.count, test.size.n] }],
    nodes: [
      { op: 'Gather', inputs: ['a', 'index'], outputs: ['rows'], attributes: [{ name: 'axis', i: 0 }] },
    ],
  }),
  layernorm: (test) => ({
    inputs: values(test),
    outputs: [{ name: 'y', shape: [test.size.m, test.size.n] }],
    nodes: [
      {
        op: 'LayerNormalization',
        inputs: ['x', 'gain', 'bias'],
        outputs: ['y'],
        attributes: [
          { name: 'axis', i: -1 },
          { name: 'epsilon', f: 1e-5 },
        ],
      },
    ],
  }),
  cumsum: (test) => ({
    inputs: values(test),
    outputs: [{ name: 'y', shape: [test.size.n] }],
    constants: [{ name: 'axis', shape: [], int64: [0] }],
    nodes: [{ op: 'CumSum', inputs: ['x', 'axis'], outputs: ['y'] }],
  }),
};

let opened: Promise<void> | undefined;

async function session(graph: Graph): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(onnxModel(graph), {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
    logSeverityLevel: 3,
  });
}

export const onnxRuntime: Library = {
  name: 'ort',
  open() {
    opened ??= (async () => {
      ort.env.wasm.numThreads = 1;
      ort.env.wasm.wasmPaths = {
        mjs: new URL(moduleUrl, location.href).href,
        wasm: new URL(wasmUrl, location.href).href,
      };
      // The first session starts the runtime and opens its device, which lives as long as it does.
      const shape = [4, 4];
      await session({
        inputs: [{ name: 'x', shape }],
        outputs: [{ name: 'y', shape }],
        nodes: [{ op: 'Identity', inputs: ['x'], outputs: ['y'] }],
      });
    })();
    return opened;
  },
  async prepare(test: BenchCase): Promise<Contender | null> {
    const make = graphs[test.family];
    if (!make) return null;
    const device: GPUDevice = await ort.env.webgpu.device;
    const feeds: Record<string, ort.Tensor> = {};
    const buffers: GPUBuffer[] = [];
    for (const [name, { shape, values: data }] of Object.entries(test.inputs())) {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
      const buffer = device.createBuffer({ size: Math.ceil(data.byteLength / 16) * 16, usage });
      device.queue.writeBuffer(buffer, 0, data as Float32Array<ArrayBuffer>);
      buffers.push(buffer);
      const dataType = data instanceof Uint32Array ? 'int32' : 'float32';
      feeds[name] = ort.Tensor.fromGpuBuffer(buffer, { dataType, dims: [...shape] });
    }
    await device.queue.onSubmittedWorkDone();
    // Made at the first run, so that its compilation counts in the first answer as everybody's does.
    let made: Promise<ort.InferenceSession> | undefined;
    const ready = () => {
      made ??= session(make(test));
      return made;
    };
    return {
      async run(times) {
        const model = await ready();
        for (let i = 0; i < times; i++) {
          const out = await model.run(feeds);
          for (const tensor of Object.values(out)) tensor.dispose();
        }
        await device.queue.onSubmittedWorkDone();
      },
      async outputs() {
        const out = await (await ready()).run(feeds);
        const read: Record<string, ArrayLike<number>> = {};
        for (const [name, tensor] of Object.entries(out)) {
          read[name] = (await tensor.getData(true)) as Float32Array;
        }
        return read satisfies Outputs;
      },
      dispose() {
        void made?.then((model) => model.release());
        for (const buffer of buffers) buffer.destroy();
      },
    };
  },
};
