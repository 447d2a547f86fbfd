/** The kernels of products, rows and factorizations. */
import { NO_BARRIER, SUBGROUP_ROW, THREAD_ROW, type VariantFamily } from './variant';

export const denseVariants: readonly VariantFamily[] = [
  {
    id: 'matmul',
    title: 'Matrix product',
    limit: 'flop',
    why: {
      software: `no workgroup memory: ${NO_BARRIER}; a quad shares its loads through subgroup operations`,
      hardware: 'tiles in workgroup memory: each entry of A and B is fetched once for 32 or 64 uses',
    },
    variants: [
      {
        name: 'naive',
        shader: 'gemm_naive',
        says: 'One invocation an entry of C, operands straight from memory: 2 loads for every multiply-add.',
        shownOnly: true,
      },
      {
        name: 'tiled',
        shader: 'gemm_tiled',
        says: 'Tiles of 16 x 16 of A and B are staged in workgroup memory: the textbook’s first step.',
        barriers: true,
        shownOnly: true,
      },
      {
        name: 'tiled registers',
        shader: 'gemm_register',
        says: 'Tiles of 64 x 64, 4 x 4 entries an invocation in registers, k in steps of 16 through workgroup memory.',
        barriers: true,
        shownOnly: true,
      },
      {
        name: 'subgroup sums',
        shader: 'gemm_subgroup',
        says: 'The lanes of a subgroup share the sum over k of 4 x 4 entries and join it by subgroupAdd.',
        needs: 'subgroups',
        shownOnly: true,
      },
      {
        name: 'float16 storage',
        shader: 'gemm_f16',
        says: 'Operands packed as float16, two to a word, sums in float32: half the traffic, 2^-11 of rounding.',
        shownOnly: true,
      },
      {
        name: 'split k',
        shader: 'gemm',
        beside: ['sum_slices'],
        says: 'k is cut into 8 slices that run side by side and are added up: for small C and long k.',
        shownOnly: true,
      },
      {
        name: 'registers',
        shader: 'gemm',
        says: 'An 8 x 8 block of C an invocation, in registers alone: no workgroup memory, no barrier.',
      },
      {
        name: 'quads',
        shader: 'gemm_quad',
        says: 'Four neighbouring lanes make a 16 x 16 block and hand each other the entries of A: 8 loads for 64 multiply-adds.',
        needs: 'subgroups',
      },
      {
        name: 'vec4 quads',
        shader: 'gemm_quad_vec4',
        says: 'The quads in vec4 loads and stores, where all sizes are multiples of four.',
        needs: 'subgroups',
      },
      {
        name: 'tall quads',
        shader: 'gemm_quad_tall',
        says: 'The vec4 quads with 32 rows of C: 12 loads for 128 multiply-adds, three times as long to compile; the tuner’s.',
        needs: 'subgroups',
      },
      {
        name: 'workgroup 32 x 32',
        shader: 'gemm_workgroup',
        constants: { EDGE: 8 },
        says: 'Tiles of 32 x 32 x 8 in workgroup memory, 4 x 4 entries an invocation, vec4 reads: the portable choice.',
        barriers: true,
      },
      {
        name: 'workgroup 64 x 64',
        shader: 'gemm_workgroup',
        constants: { EDGE: 16 },
        says: 'The same with tiles of 64 x 64 x 16, where C has enough of them to occupy a large GPU.',
        barriers: true,
      },
    ],
  },
  {
    id: 'half',
    title: 'Product with B in float16',
    limit: 'flop',
    why: {
      software: 'unpacking is slow on a software adapter: once, not for every block of C',
      hardware: 'tiles in workgroup memory, widened to float32 as they are staged',
    },
    variants: [
      {
        name: 'unpacked first',
        shader: 'half_unpack',
        says: 'B is unpacked to float32 once, then multiplied as any other: a pass of memory more, a plain product after.',
      },
      {
        name: 'registers',
        shader: 'gemm_half',
        says: 'The blocks of registers of gemm.wgsl; halves are unpacked as they are loaded, sums are float32.',
      },
      {
        name: 'workgroup 32 x 32',
        shader: 'gemm_half_workgroup',
        says: 'Tiles in workgroup memory; halves are unpacked when a tile is staged, once for 32 uses.',
        barriers: true,
      },
    ],
  },
  {
    id: 'gemv',
    title: 'Matrix times vector',
    limit: 'bytes',
    why: { software: THREAD_ROW, hardware: SUBGROUP_ROW },
    variants: [
      {
        name: 'row an invocation',
        shader: 'gemv',
        says: 'One invocation a row, four partial sums over four steps of k; no barrier.',
      },
      {
        name: 'row a subgroup',
        shader: 'gemv_rows',
        says: 'The lanes of a subgroup read neighbours of one row and join their sums by subgroupAdd.',
        needs: 'subgroups',
      },
    ],
  },
  {
    id: 'transpose',
    title: 'Transpose',
    limit: 'bytes',
    why: {
      software: `${NO_BARRIER}; vec4 loads and stores do without bounds to check one by one`,
      hardware: 'through a tile of workgroup memory both reads and writes are neighbours',
    },
    variants: [
      {
        name: 'any size',
        shader: 'transpose_any',
        says: 'A 4 x 4 block an invocation in registers; rows and columns past the edge are clamped.',
      },
      {
        name: 'vec4',
        shader: 'transpose_vec4',
        says: 'Four reads and four writes of four neighbours, where both sides are multiples of four.',
      },
      {
        name: 'tile',
        shader: 'transpose_tile',
        says: 'A 32 x 32 tile goes through workgroup memory, its rows 33 long against bank conflicts.',
        barriers: true,
      },
    ],
  },
  {
    id: 'softmax',
    title: 'Softmax of rows',
    limit: 'bytes',
    why: { software: THREAD_ROW, hardware: SUBGROUP_ROW },
    variants: [
      {
        name: 'row an invocation',
        shader: 'softmax',
        says: 'A running maximum and sum, then the result, sixteen entries at a time; takes masks and biases.',
      },
      {
        name: 'blocks of 16',
        shader: 'softmax_blocks',
        says: 'The same for rows of whole blocks, each loaded as one mat4x4: one index to check instead of sixteen.',
      },
      {
        name: 'row a subgroup',
        shader: 'softmax_subgroup',
        says: 'Each lane keeps a maximum and a sum over its share of the row; the subgroup joins them at the end.',
        needs: 'subgroups',
      },
    ],
  },
  {
    id: 'layernorm',
    title: 'Layer norm of rows',
    limit: 'bytes',
    why: { software: THREAD_ROW, hardware: SUBGROUP_ROW },
    variants: [
      {
        name: 'row an invocation',
        shader: 'normalize_rows',
        says: 'Mean, deviations, result in three sweeps by one invocation.',
      },
      {
        name: 'row a subgroup',
        shader: 'normalize_rows_subgroup',
        says: 'The lanes of a subgroup share the row and join mean and variance.',
        needs: 'subgroups',
      },
    ],
  },
  {
    id: 'rowsum',
    title: 'Sums of rows',
    limit: 'bytes',
    why: { software: THREAD_ROW, hardware: SUBGROUP_ROW },
    variants: [
      {
        name: 'part an invocation',
        shader: 'reduce_rows',
        says: 'A part of a row an invocation, four running values.',
      },
      {
        name: 'row a subgroup',
        shader: 'reduce_rows_subgroup',
        says: 'The lanes of a subgroup read neighbouring words and join at the end.',
        needs: 'subgroups',
      },
    ],
  },
  {
    id: 'attention',
    title: 'Exact attention, one head',
    limit: 'flop',
    why: {
      software: `a load costs more than a handful of arithmetic, so a quad shares keys and values; ${NO_BARRIER}`,
      hardware: 'tiles of 64 rows and 32 keys in workgroup memory feed 16 multiply-adds a load',
    },
    variants: [
      {
        name: 'rows',
        shader: 'attention',
        says: 'Four rows an invocation meet 8 keys at a time with a running maximum: flash attention without sharing.',
      },
      {
        name: 'quads',
        shader: 'attention_quad',
        says: 'The same, the four invocations of a quad load two keys each and hand them round.',
        needs: 'subgroups',
      },
      {
        name: 'workgroup tiles',
        shader: 'attention_workgroup',
        says: 'Tiles of 64 rows and 32 keys; K and V go through one tile of workgroup memory.',
        barriers: true,
      },
    ],
  },
  {
    id: 'cholesky',
    title: 'Cholesky, 16 matrices of 64',
    limit: 'flop',
    why: {
      software: `four lanes of a subgroup a matrix need no barrier: ${NO_BARRIER}`,
      hardware: 'a workgroup a matrix holds it in registers, one barrier a step',
    },
    variants: [
      {
        name: 'four lanes',
        shader: 'cholesky_lanes',
        says: 'A team of four lanes a matrix, row by row: an invocation owns every fourth row.',
        needs: 'subgroups',
      },
      {
        name: 'workgroup',
        shader: 'cholesky_workgroup',
        says: 'A workgroup a matrix, 4 x 4 entries an invocation in registers; each row goes round through workgroup memory.',
        barriers: true,
      },
    ],
  },
  {
    id: 'jacobi',
    title: 'SVD by Jacobi on the device',
    limit: 'flop',
    why: {
      software: `four lanes of a subgroup a pair of rows: ${NO_BARRIER}`,
      hardware: 'eight invocations a pair, 32 pairs at a time in one workgroup',
    },
    variants: [
      {
        name: 'four lanes',
        shader: 'jacobi_lanes',
        says: 'Pairs of rows are rotated by teams of four lanes; rounds are dispatches.',
        needs: 'subgroups',
      },
      {
        name: 'workgroup',
        shader: 'jacobi_workgroup',
        says: 'All sweeps of a matrix of up to 64 rows in one dispatch, two barriers a round.',
        barriers: true,
      },
    ],
  },
];
