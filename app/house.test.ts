/// <reference types="vite/client" />
import { expect, test } from 'vitest';
import { testDevice } from './gpu/testing';
import { linkShader } from './gpu/wgsl';

const sources = import.meta.glob<string>('./**/*.{ts,tsx}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const shaders = import.meta.glob<string>('../shaders/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** From the ground up; a floor imports from its own folder and from floors below. */
const floors: Readonly<Record<string, number>> = {
  math: 0,
  data: 1,
  gpu: 2,
  kernels: 3,
  testbeds: 4,
  methods: 5,
  experiment: 6,
  ui: 7,
  cli: 7,
};

test('imports point down only', () => {
  const wrong: string[] = [];
  for (const [file, code] of Object.entries(sources)) {
    const floor = /^\.\/(\w+)\//.exec(file)?.[1];
    if (!floor || file.includes('.test.')) continue;
    for (const [, up, target] of code.matchAll(/from '((?:\.\.\/)+)(\w+)\//g)) {
      const depth = file.split('/').length - 2;
      if (up.split('/').length - 1 !== depth || !(target in floors)) continue;
      const down = floors[target] < floors[floor] || target === floor;
      if (!down) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const all = { ...sources, ...shaders };
  const long = Object.entries(all).filter(([, code]) => code.split('\n').length > 400);
  expect(long.map(([file]) => file)).toEqual([]);
});

test.each(Object.entries(shaders))(
  '%s says what it does, compiles, and is named after its entry',
  async (file, code) => {
    const name = /(\w+)\.wgsl$/.exec(file)?.[1] ?? '';
    expect(code, 'header comment').toMatch(/^((enable|\/\/! use) .*\n+)*\/\/ .+/);
    expect(code).toContain(`fn ${name}(`);
    const { device } = await testDevice();
    if (/^enable subgroups/m.test(code) && !device.features.has('subgroups')) return;
    device.pushErrorScope('validation');
    const info = await device.createShaderModule({ code: linkShader(name, code).code }).getCompilationInfo();
    await device.popErrorScope();
    expect(
      info.messages.map((message) => `${message.lineNum}:${message.linePos} ${message.message}`),
    ).toEqual([]);
  },
);
