/** A small method for the tests of this folder: the norm of s A, with every kind of parameter. */
import { defineMethod, type Method } from '../methods/method';
import { choice, flag, integer, list, number, seed } from '../methods/parameters';

const declared = defineMethod({
  id: 'toy',
  title: 'Toy',
  family: 'basics',
  testbed: 'matrix',
  summary: 'The norm of a ramp.',
  papers: [],
  formulas: [],
  parameters: {
    size: integer({ label: 'Size', min: 1, max: 64, default: 32, help: '' }),
    scale: number({ label: 'Scale', min: -2, max: 2, default: 1, help: '', live: true }),
    shape: choice({
      label: 'Shape',
      options: [
        { value: 'flat', label: 'Flat' },
        { value: 'ramp', label: 'Ramp' },
      ],
      default: 'ramp',
      help: '',
    }),
    slope: number({
      label: 'Slope',
      min: 0.5,
      max: 9,
      default: 1,
      help: '',
      when: (values) => values.shape === 'ramp',
    }),
    widths: list({ label: 'Widths', min: 2, max: 64, atLeast: 2, atMost: 4, default: '8-4', help: '' }),
    loud: flag({ label: 'Loud', default: false, help: '' }),
    repeats: integer({ label: 'Repeats', min: 1, max: 9, default: 1, help: '' }),
    seed: seed(),
  },
  metrics: { norm: { label: 'Norm', unit: 'm' }, absent: { label: 'Absent' } },
  claims: [
    { text: 'the norm is positive', item: 1, value: ({ norm }) => norm, relation: '>=', bound: 0 },
    {
      text: 'flat is one',
      item: 2,
      at: { shape: 'flat' },
      value: ({ norm }) => norm,
      relation: '=',
      bound: 1,
    },
    {
      text: 'absent is small',
      item: 3,
      value: ({ absent }) => absent,
      relation: '<=',
      bound: 1,
      advisory: true,
    },
    { text: 'full size', item: 4, value: () => 0, relation: '<=', bound: 1, fullSizeOnly: true },
  ],
  presets: [],
  quick: { size: 4 },
  accepts: ['matrix'],
  headline: ['norm'],
  shaders: [],
  async run(lab, { size, scale, shape, slope }) {
    await lab.step(0, 'make');
    const entry = (i: number) => (shape === 'flat' ? 1 / size : slope * i);
    const values = Array.from({ length: size * size }, (_, i) => entry(i));
    const a = await lab.cached(`a ${size} ${shape} ${slope}`, async () =>
      lab.home.tensor([size, size], values),
    );
    lab.home.tensor([size, size]); // a temporary that the scope must release
    lab.partial({ metrics: { norm: 0 }, notes: ['made'] });
    await lab.step(0.5, 'measure');
    const norm = Math.abs(scale) * Math.hypot(...(await lab.home.read(a)));
    return {
      metrics: { norm, absent: null },
      reasons: { absent: 'never measured' },
      notes: ['made', 'measured'],
    };
  },
  async preview(lab, { size, scale, shape, slope }) {
    const a = await lab.cached(`a ${size} ${shape} ${slope}`, async () => lab.home.tensor([size, size]));
    return { metrics: { norm: Math.abs(scale) * Math.hypot(...(await lab.home.read(a))) } };
  },
});

export const toy: Method = declared as unknown as Method;
