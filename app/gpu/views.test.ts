import { expect, test } from 'vitest';
import { axpby } from '../kernels/elementwise';
import { matmul } from '../kernels/matmul';
import { homes } from './testing';

test('a view shows part of its base in both homes, and what is written to it is in the base', async () => {
  for (const home of Object.values(await homes())) {
    const base = home.tensor(
      [200],
      Float64Array.from({ length: 200 }, (_, i) => i),
    );
    const view = home.view(base, 64, [2, 3]);
    expect(Array.from(await home.read(view))).toEqual([64, 65, 66, 67, 68, 69]);
    const eye = home.tensor([2, 2], [2, 0, 0, 2]);
    await matmul(eye, home.tensor([2, 3], [1, 2, 3, 4, 5, 6]), { into: view });
    expect(Array.from(await home.read(base)).slice(63, 71)).toEqual([63, 2, 4, 6, 8, 10, 12, 70]);
    const inner = home.view(home.view(base, 64, [128]), 64, [2]);
    expect(Array.from(await home.read(inner))).toEqual([128, 129]);
    const sum = await axpby(1, view, 1, view);
    expect(Array.from(await home.read(sum))).toEqual([4, 8, 12, 16, 20, 24]);
  }
});

test('a view holds no memory, and is gone with its base', async () => {
  for (const home of Object.values(await homes())) {
    const before = home.bytes;
    const view = await home.scope(async () => {
      const base = home.tensor([128]);
      const held = home.bytes;
      const made = home.view(base, 64, [64]);
      expect(home.bytes).toBe(held);
      return made;
    });
    // The base outlives its scope because a view of it was returned.
    expect((await home.read(view)).length).toBe(64);
    home.release(view);
    expect((await home.read(view)).length).toBe(64);
    if (view.base) home.release(view.base);
    expect(home.bytes).toBe(before);
    await expect(home.read(view)).rejects.toThrow('was released');
  }
});

test('a view begins at a multiple of 64 entries and lies within its base', async () => {
  for (const home of Object.values(await homes())) {
    const base = home.tensor([128]);
    expect(() => home.view(base, 32, [4])).toThrow('multiple of 64');
    expect(() => home.view(base, 64, [65])).toThrow('lie within');
  }
});
