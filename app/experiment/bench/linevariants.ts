/** The kernels of scans, transforms, sorting and counting. */
import { NO_BARRIER, type VariantFamily } from './variant';

export const lineVariants: readonly VariantFamily[] = [
  {
    id: 'cumsum',
    title: 'Cumulative sum',
    limit: 'bytes',
    why: {
      software: `chunks of 256 numbers by themselves and their totals after: ${NO_BARRIER}`,
      hardware:
        'a single pass reads and writes each number once; where its self-test fails, tiles by subgroups',
    },
    onGpu: ['single pass'],
    variants: [
      {
        name: 'chunks',
        shader: 'scan_chunks4',
        beside: ['scan_totals4'],
        says: 'Totals of chunks of 256, their scan, then every chunk from what came before: no barrier, 12 bytes a number.',
      },
      {
        name: 'workgroup tiles',
        shader: 'scan_tiles',
        says: 'Tiles of 4096 scanned across a workgroup in 2 log2 256 barriers a row: reduce, then scan.',
        barriers: true,
      },
      {
        name: 'subgroup tiles',
        shader: 'scan_tiles_subgroup',
        says: 'The tiles with subgroups: two barriers a row instead of sixteen.',
        barriers: true,
        needs: 'subgroups',
      },
      {
        name: 'single pass',
        shader: 'scan_lookback',
        says: 'Every tile publishes its total and looks back for what came before: 8 bytes a number, the least there is.',
        barriers: true,
        needs: 'subgroups',
      },
    ],
  },
  {
    id: 'recurrence',
    title: 'Scan of pairs, h = a h + b',
    limit: 'bytes',
    why: {
      software:
        'with many lanes all cores are busy step by step, and chunks would do every step twice; few lanes go in chunks',
      hardware: 'chunks do the least work and read memory twice, not 2 log2 L times',
    },
    variants: [
      {
        name: 'chunks',
        shader: 'linear_totals',
        beside: ['linear_chunks'],
        says: 'Chunks side by side, their ends scanned, then every chunk from its beginning.',
      },
      {
        name: 'step by step',
        shader: 'linear_chunks',
        says: 'One invocation a lane walks all steps: the least work, no parallelism in time.',
      },
      {
        name: 'Hillis-Steele',
        shader: 'scan_hillis',
        says: 'log2 L passes over all pairs: the shortest chain, L log2 L work.',
        shownOnly: true,
      },
      {
        name: 'Blelloch',
        shader: 'scan_blelloch',
        says: 'Up a tree and down again: 2 L pairs of work in 2 log2 L passes.',
        shownOnly: true,
      },
    ],
  },
  {
    id: 'fft',
    title: 'Fourier transform, complex',
    limit: 'bytes',
    why: {
      software: `radix 16 in registers, one pass of memory for every factor of 16: ${NO_BARRIER}`,
      hardware: 'radix up to 2048 in workgroup memory: one or two passes of memory up to 2^20',
    },
    variants: [
      {
        name: 'radix 64',
        shader: 'fft_radix64',
        beside: ['fft_radix16', 'fft_small'],
        says: 'Passes of radix 64 where they save one: 64 numbers an invocation beside memory; left to the tuner.',
      },
      {
        name: 'radix 16',
        shader: 'fft_radix16',
        beside: ['fft_small'],
        says: 'Stockham passes of radix 16, a column an invocation in registers.',
      },
      {
        name: 'workgroup',
        shader: 'fft_workgroup',
        says: 'Passes of radix up to 2048 in workgroup memory, 8 numbers an invocation across each barrier.',
        barriers: true,
      },
    ],
  },
  {
    id: 'sort',
    title: 'Sort of float keys',
    limit: 'bytes',
    why: {
      software: `8 bits a pass, a chunk an invocation, in order: ${NO_BARRIER}`,
      hardware: '4 bits a pass, tiles of 1024 ordered in workgroup memory, so that writes are neighbours',
    },
    variants: [
      {
        name: 'serial chunks',
        shader: 'sort_scatter',
        beside: ['sort_count', 'sort_offsets'],
        says: 'Radix sort of 8 bits: every invocation counts and moves a chunk of its own, in order.',
      },
      {
        name: 'workgroup tiles',
        shader: 'sort_scatter_workgroup',
        beside: ['sort_count_workgroup', 'sort_offsets_workgroup'],
        says: 'Radix sort of 4 bits: a workgroup orders a tile in its memory, then writes runs.',
        barriers: true,
      },
    ],
  },
  {
    id: 'histogram',
    title: 'Histogram of 256 bins',
    limit: 'bytes',
    why: {
      software: `atomics in memory are cheap on few cores, and ${NO_BARRIER}`,
      hardware: 'a workgroup counts in its own memory first, so that few atomics meet in memory',
    },
    variants: [
      {
        name: 'atomics in memory',
        shader: 'histogram',
        says: 'An invocation adds runs of equal entries to the counts in memory.',
      },
      {
        name: 'workgroup counts',
        shader: 'histogram_workgroup',
        says: 'A workgroup counts 16384 entries in its own memory and adds the sums at the end.',
        barriers: true,
      },
    ],
  },
];
