import { expect, test } from 'vitest';
import { testDevice } from '../../gpu/testing';
import { familyOfShader, VARIANT_FAMILIES } from './variantlist';
import { measureVariants } from './variantrun';
import { runnable } from './variants';

const shaders = import.meta.glob('../../../shaders/*.wgsl');

test('every listed variant has a file, a sentence and a way to run, and none is left out', () => {
  for (const { id, variants } of VARIANT_FAMILIES) {
    const { runs } = runnable(id, 'tiny');
    expect(Object.keys(runs)).toEqual(variants.map(({ name }) => name));
    for (const { shader, beside = [], says } of variants) {
      for (const file of [shader, ...beside]) {
        expect(Object.keys(shaders)).toContain(`../../../shaders/${file}.wgsl`);
        expect(familyOfShader(file)).not.toBeNull();
      }
      expect(says).toMatch(/[.]$/);
    }
  }
  expect(familyOfShader('axpby')).toBeNull();
  expect(() => runnable('matmull', 'tiny')).toThrow('choose among matmul,');
});

// Kernels with barriers take seconds to compile on a software adapter: their own tests run them.
test.each(VARIANT_FAMILIES.map(({ id }) => id))(
  'the variants of %s are right, and one is chosen',
  async (id) => {
    const gpu = await testDevice();
    const report = await measureVariants(gpu, id, { at: 'tiny', rounds: 2, leastMs: 0 });
    const family = VARIANT_FAMILIES.find((one) => one.id === id);
    expect(report.rows.map(({ name }) => name)).toEqual(family?.variants.map(({ name }) => name));
    for (const { name, measured, reason } of report.rows) {
      const entry = family?.variants.find((one) => one.name === name);
      if (entry?.barriers) {
        expect(reason, name).toMatch(/^not run here: it waits at workgroup barriers/);
        continue;
      }
      expect(reason, name).toBeNull();
      expect(measured?.verdict.error, name).toBeLessThanOrEqual(measured?.verdict.bound ?? -1);
      expect(measured?.rounds).toBe(2);
    }
    expect(report.rows.filter(({ here }) => here)).toHaveLength(1);
    expect(report.rows.filter(({ onGpu }) => onGpu)).toHaveLength(1);
  },
);

test('a variant that is not compiled here is, when it is asked for', async () => {
  const gpu = await testDevice();
  const { rows } = await measureVariants(gpu, 'histogram', {
    at: 'tiny',
    rounds: 1,
    leastMs: 0,
    anyway: ['workgroup counts'],
  });
  expect(rows.map(({ measured }) => measured?.isRight)).toEqual([true, true]);
});
