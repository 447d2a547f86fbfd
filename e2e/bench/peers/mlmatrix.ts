/** ml-matrix: plain JavaScript in float64 on the CPU, what a page would use without a GPU. */
import { Matrix, QrDecomposition, SVD } from 'ml-matrix';
import type { BenchCase, Outputs } from '../../../app/experiment/bench/case';
import type { Contender, Library } from '../contender';

const flat = (matrix: Matrix): Float64Array => {
  const out = new Float64Array(matrix.rows * matrix.columns);
  for (let i = 0; i < matrix.rows; i++) {
    for (let j = 0; j < matrix.columns; j++) out[i * matrix.columns + j] = matrix.get(i, j);
  }
  return out;
};

type Values = Readonly<Record<string, Matrix>>;
/** By family: what is timed, and how its result reads as the outputs of the case. */
type Operation = (inputs: Values, test: BenchCase) => () => Outputs;

const product: Operation = ({ a, b }) => {
  const c = a.mmul(b);
  return () => ({ c: flat(c) });
};

const operations: Readonly<Record<string, Operation>> = {
  matmul: product,
  tall: product,
  transpose: ({ a }) => {
    const t = a.transpose();
    return () => ({ t: flat(t) });
  },
  qr: ({ a }) => {
    const decomposition = new QrDecomposition(a);
    const [q, r] = [decomposition.orthogonalMatrix, decomposition.upperTriangularMatrix];
    return () => ({ q: flat(q), r: flat(r) });
  },
  svd: ({ a }) => {
    const s = new SVD(a, { autoTranspose: true });
    return () => ({ u: flat(s.leftSingularVectors), s: s.diagonal, v: flat(s.rightSingularVectors) });
  },
  tsvd: ({ a }, { size: { rank } }) => {
    const s = new SVD(a, { autoTranspose: true });
    return () => {
      const u = s.leftSingularVectors.subMatrix(0, a.rows - 1, 0, rank - 1);
      const v = s.rightSingularVectors.subMatrix(0, a.columns - 1, 0, rank - 1);
      return { u: flat(u), s: s.diagonal.slice(0, rank), v: flat(v) };
    };
  },
};

export const mlMatrix: Library = {
  name: 'ml-matrix',
  open: async () => {},
  async prepare(test): Promise<Contender | null> {
    const operation = operations[test.family];
    if (!operation) return null;
    const inputs: Record<string, Matrix> = {};
    for (const [name, { shape, values }] of Object.entries(test.inputs())) {
      const [m, n] = shape;
      inputs[name] = Matrix.from1DArray(m, n, Array.from(values));
    }
    return {
      async run(times) {
        for (let i = 0; i < times; i++) operation(inputs, test);
      },
      outputs: async () => operation(inputs, test)(),
      dispose: () => {},
    };
  },
};
