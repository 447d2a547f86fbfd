import { describe, expect, test } from 'vitest';
import { DeviceLostError } from './errors';
import { GpuHome } from './gpuhome';
import type { Home, Tensor } from './home';
import { defineKernel } from './kernel';
import { openNodeGpu } from './node';
import { homes } from './testing';

const fill = defineKernel({
  name: 'fill',
  code: `struct Params { count: u32, value: f32, group0: u32 }
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@compute @workgroup_size(64)
fn fill(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) wid: vec3u) {
  let i = (wid.y + p.group0) * 64u + id.x;
  if (id.x < 64u && i < p.count) { x[i] = p.value + f32(i); }
}`,
  params: { count: 'u32', value: 'f32', group0: 'u32' },
  buffers: { x: 'write' },
  grid: ({ count }) => [1, Math.ceil(count / 64)],
  cost: ({ count }) => ({ flop: count, bytes: 4 * count }),
  split: 'y',
});

describe.each(['gpu', 'cpu'] as const)('the %s home', (kind) => {
  const open = async (): Promise<Home> => (await homes())[kind];

  test('gives values back as they were, rounded to float32', async () => {
    const home = await open();
    expect([...(await home.read(home.tensor([2, 2], [1, 0.1, -3, 1e-40])))]).toEqual(
      [1, 0.1, -3, 1e-40].map(Math.fround),
    );
    expect([...(await home.read(home.tensor([3], [1, 2 ** 32 - 1, 7], 'u32')))]).toEqual([1, 2 ** 32 - 1, 7]);
    expect([...(await home.read(home.tensor([2])))]).toEqual([0, 0]);
    expect((await home.read(home.tensor([0, 3]))).length).toBe(0);
    expect(() => home.tensor([2, 2], [1, 2, 3])).toThrow('3 values for a tensor 2 x 2');
  });

  test('releases what a scope made, but what it returns, and counts back to zero', async () => {
    const home = await open();
    const kept = await home.scope(async () => {
      home.tensor([100]);
      return { nested: [home.tensor([5], [1, 2, 3, 4, 5])] };
    });
    expect(home.bytes).toBe(kind === 'gpu' ? 20 : 40);
    expect([...(await home.read(kept.nested[0]))]).toEqual([1, 2, 3, 4, 5]);
    home.release(kept.nested[0]);
    home.release(kept.nested[0]);
    expect(home.bytes).toBe(0);
    await expect(async () => home.read(kept.nested[0])).rejects.toThrow('was released');
  });

  test('releases what a scope made when its body throws', async () => {
    const home = await open();
    const body = home.scope(async () => {
      home.tensor([100]);
      throw new Error('inside');
    });
    await expect(body).rejects.toThrow('inside');
    expect(home.bytes).toBe(0);
  });

  test('keeps what was taken out of its scopes', async () => {
    const home = await open();
    let kept: Tensor | undefined;
    await home.scope(async () => {
      kept = home.tensor([1], [4]);
      home.keep(kept);
    });
    expect([...(await home.read(kept as Tensor))]).toEqual([4]);
    home.release(kept as Tensor);
    expect(home.bytes).toBe(0);
  });

  test('reshapes without a copy; the tensor before is gone', async () => {
    const home = await open();
    await home.scope(async () => {
      const a = home.tensor([2, 3], [1, 2, 3, 4, 5, 6]);
      const before = home.bytes;
      expect(() => home.reshape(a, [4])).toThrow('2 x 3 has 6 entries, 4 has not');
      const b = home.reshape(a, [3, 2]);
      expect(b.shape).toEqual([3, 2]);
      expect(home.bytes).toBe(before);
      expect([...(await home.read(b))]).toEqual([1, 2, 3, 4, 5, 6]);
      await expect(async () => home.read(a)).rejects.toThrow('was released');
    });
    expect(home.bytes).toBe(0);
  });

  test('stops at the next seam once it is cancelled', async () => {
    const controller = new AbortController();
    const home = (await homes({ signal: controller.signal }))[kind];
    if (kind === 'cpu') return; // its signal comes through its own constructor
    await home.checkpoint();
    controller.abort();
    await expect(home.checkpoint()).rejects.toThrow(/cancel/i);
  });
});

describe('the GPU home', () => {
  test('cuts work into slices of at most its estimate for 50 ms', async () => {
    const { gpu } = await homes();
    const count = 2 ** 22;
    const x = gpu.empty([count]);
    for (let i = 0; i < 8; i++) await fill.run(gpu, { count, value: i }, { x });
    const values = await gpu.read(x);
    for (const i of [0, 63, 64, count - 1]) expect(values[i]).toBe(7 + i);
    expect(gpu.counters.longestSliceMs).toBeLessThanOrEqual(gpu.sliceMs);
    expect(gpu.counters.submissions).toBeGreaterThan(1);
    gpu.release(x);
  });

  test('refuses a tensor above its budget with what to do, and goes on', async () => {
    const { gpu } = await homes({ budgetBytes: 1000 });
    expect(() => gpu.tensor([1000])).toThrow(/no room .* Choose a smaller size/);
    const small = gpu.tensor([10], new Array(10).fill(1));
    expect((await gpu.read(small))[9]).toBe(1);
    gpu.release(small);
  });

  test('refuses a tensor above what the device binds', async () => {
    const { gpu } = await homes();
    const entries = gpu.device.limits.maxStorageBufferBindingSize / 4 + 1;
    expect(() => gpu.empty([entries])).toThrow(/binds at most .* choose a smaller size/);
    expect(gpu.bytes).toBe(0);
  });

  test('times every kernel and forgets the timings once they were taken', async () => {
    const { gpu } = await homes();
    gpu.stage = 'filling';
    const x = gpu.empty([4096]);
    await fill.run(gpu, { count: 4096, value: 0 }, { x });
    await fill.run(gpu, { count: 4096, value: 1 }, { x });
    const [timing, ...more] = await gpu.timings();
    expect(more).toEqual([]);
    expect(timing).toMatchObject({ kernel: 'fill', stage: 'filling', calls: 2, flop: 8192, bytes: 32768 });
    expect(await gpu.timings()).toEqual([]);
    gpu.release(x);
  });

  test('names the kernel, line and column of a shader that does not compile', async () => {
    const { gpu } = await homes();
    const broken = defineKernel({
      ...fill.spec,
      name: 'broken',
      code: fill.spec.code.replace('fn fill', 'fn broken').replace('p.value + f32(i)', 'p.valu'),
    });
    const x = gpu.empty([64]);
    await expect(broken.run(gpu, { count: 64, value: 0 }, { x })).rejects.toThrow(
      /kernel broken: broken\.wgsl:7:\d+ .*valu/,
    );
    gpu.release(x);
  });

  test('says that its device was lost, from then on', async () => {
    const own = await openNodeGpu();
    const gpu = new GpuHome(own);
    const x = gpu.tensor([4], [1, 2, 3, 4]);
    own.device.destroy();
    await own.lost;
    await expect(async () => gpu.read(x)).rejects.toBeInstanceOf(DeviceLostError);
    expect(() => gpu.tensor([1])).toThrow(DeviceLostError);
  });

  test('two hundred small runs leave nothing behind', async () => {
    const { gpu } = await homes({ poison: false });
    for (let i = 0; i < 200; i++) {
      await gpu.scope(async () => {
        const x = gpu.empty([1 + (i % 7) * 100]);
        await fill.run(gpu, { count: x.shape[0], value: i }, { x });
        if (i % 20 === 0) expect((await gpu.read(x))[0]).toBe(i);
      });
    }
    await gpu.finish();
    expect(gpu.bytes).toBe(0);
  });
});
