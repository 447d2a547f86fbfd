import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { normals } from '../math/threefry';
import { readNpy } from './npy';
import { readSafetensors } from './safetensors';
import { writeNpy, writeSafetensors } from './write';

const values = normals(1, 0, 35).map(Math.fround);
const hasNumpy = spawnSync('python3', ['-c', 'import numpy']).status === 0;

test.each([[[5, 7]], [[35]], [[5, 7, 1]], [[35, 1]]])(
  'an array of shape %j comes back from its .npy file',
  (shape) => {
    const file = writeNpy(shape, values);
    expect((file.length - 4 * 35) % 64).toBe(0);
    expect(Array.from(readNpy('a.npy', file).values)).toEqual([...values]);
  },
);

test.runIf(hasNumpy)('NumPy reads the .npy file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rankscope-'));
  try {
    const file = join(folder, 'a.npy');
    writeFileSync(file, writeNpy([5, 7], values));
    const code =
      'import numpy, sys; a = numpy.load(sys.argv[1]); print(a.shape, a.dtype, repr(float(a[4, 6])))';
    const { stdout, stderr } = spawnSync('python3', ['-c', code, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.trim()).toBe(`(5, 7) float32 ${values[34]}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('tensors come back from their .safetensors file by name', async () => {
  const file = writeSafetensors(
    [
      { name: 'a"b', shape: [5, 7], values },
      { name: 'c', shape: [3], values: [1, 2, 3] },
    ],
    { made: 'here' },
  );
  const read = async (start: number, end: number) => file.subarray(start, end);
  const loaded = await readSafetensors('x.safetensors', { size: file.length, read });
  expect(loaded.tensors.map(({ name, shape, dtype }) => [name, shape, dtype])).toEqual([
    ['a"b', [5, 7], 'F32'],
    ['c', [3], 'F32'],
  ]);
  expect(Array.from((await loaded.read('a"b')).values)).toEqual([...values]);
  expect(Array.from((await loaded.read('c')).values)).toEqual([1, 2, 3]);
});

test('sizes that disagree are a bug that is named', () => {
  expect(() => writeNpy([2, 2], [1, 2, 3])).toThrow('3 values for 2 x 2');
  const twice = { name: 'a', shape: [1], values: [1] };
  expect(() => writeSafetensors([twice, twice])).toThrow('two tensors are called a');
});
