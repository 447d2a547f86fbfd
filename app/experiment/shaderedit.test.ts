import { expect, test } from 'vitest';
import axpbyCode from '../../shaders/axpby.wgsl?raw';
import { GpuHome } from '../gpu/gpuhome';
import { testDevice } from '../gpu/testing';
import { axpby } from '../kernels/elementwise';
import { packEdit, unpackEdit } from './shaderedit';

const known = (name: string) => name === 'axpby';

test('an edited kernel comes back from its packed form, in letters that a link may hold', async () => {
  const code = `${axpbyCode}\n// \u{1f642} edited\n`;
  const packed = await packEdit({ name: 'axpby', code });
  expect(packed).toMatch(/^axpby\.[\w-]+$/);
  expect(packed.length).toBeLessThan(code.length);
  expect(await unpackEdit(packed, known)).toEqual({ name: 'axpby', code });
});

test('hostile ones are refused: unknown kernels, damage, and a few bytes that would fill the memory', async () => {
  await expect(unpackEdit('other.abc', known)).rejects.toThrow('that there is not');
  await expect(unpackEdit('axpby.!!!', known)).rejects.toThrow('damaged');
  await expect(unpackEdit('axpby.AAAA', known)).rejects.toThrow('damaged');
  const bomb = await packEdit({ name: 'axpby', code: 'a'.repeat(2 ** 22) });
  expect(bomb.length).toBeLessThan(8000);
  await expect(unpackEdit(bomb, known)).rejects.toThrow('larger than 64 kB');
});

test('a home runs the edited kernel in place of its own, and finds out where it is wrong', async () => {
  const device = await testDevice();
  const half = axpbyCode.replace('p.alpha', '0.5 * p.alpha');
  expect(half).not.toBe(axpbyCode);
  const add = (home: GpuHome) => axpby(2, home.tensor([3], [1, 2, 3]), 1, home.tensor([3], [0, 0, 0]));
  const edited = new GpuHome(device, { edits: { axpby: half } });
  expect([...(await edited.read(await add(edited)))]).toEqual([1, 2, 3]);
  const own = new GpuHome(device);
  expect([...(await own.read(await add(own)))]).toEqual([2, 4, 6]);
  const verifying = new GpuHome(device, { edits: { axpby: half }, verify: true });
  await expect(add(verifying)).rejects.toThrow(/axpby .* deviates from its float64 twin/);
  const broken = new GpuHome(device, { edits: { axpby: axpbyCode.replace('p.alpha', 'p.alfa') } });
  await expect(add(broken)).rejects.toThrow(/axpby\.wgsl:\d+:\d+ .*alfa/);
});
