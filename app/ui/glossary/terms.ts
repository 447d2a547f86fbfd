/** The terms of the field, each in one or two sentences. */

export interface Term {
  /** As it stands within a sentence; a plural in "s" is known without being listed. */
  term: string;
  /** Other names. */
  also?: readonly string[];
  /** Inflections and spellings by which it is recognized in a text. */
  forms?: readonly string[];
  text: string;
  see?: readonly string[];
}

/** The word after `term=` in the address of the glossary. */
export const idOf = ({ term }: Pick<Term, 'term'>): string => term.replaceAll(' ', '-');

/** Terms that hold the query, by alphabet; where it is in the name before where it is in the definition. */
export function matching(query: string): Term[] {
  const sought = query.trim().toLowerCase();
  const byName = [...TERMS].sort((a, b) => a.term.localeCompare(b.term, 'en'));
  const inName = byName.filter(({ term, also = [], forms = [] }) => holds([term, ...also, ...forms], sought));
  return [...inName, ...byName.filter((term) => !inName.includes(term) && holds([term.text], sought))];
}

const holds = (texts: readonly string[], sought: string): boolean =>
  texts.some((text) => text.toLowerCase().includes(sought));

export const TERMS: readonly Term[] = [
  {
    term: 'rank',
    text: 'The number of linearly independent columns of a matrix, which is the number of its singular values that are not zero. A matrix of rank r is a product of one with r columns and one with r rows.',
    see: ['singular value', 'stable rank'],
  },
  {
    term: 'low rank',
    forms: ['low-rank'],
    text: 'Said of a matrix that is, exactly or nearly, a product of two thin ones: r (m + n) numbers in place of m n.',
    see: ['rank'],
  },
  {
    term: 'singular value',
    text: 'How much a matrix stretches one of its singular directions: the square root of an eigenvalue of its transpose times itself. They are never negative and are listed from the largest down.',
    see: ['singular value decomposition', 'spectrum'],
  },
  {
    term: 'singular value decomposition',
    also: ['SVD'],
    text: 'A matrix as an orthonormal matrix times a diagonal of singular values times another orthonormal matrix, transposed. Cut after k values it is the best approximation of rank k in the Frobenius and the spectral norm.',
    see: ['singular value', 'orthonormal', 'Eckart-Young'],
  },
  {
    term: 'Eckart-Young',
    also: ['Eckart-Young theorem'],
    text: 'The theorem that no matrix of rank k is nearer to a matrix than its singular value decomposition cut after k values. What is left has exactly the singular values that were cut.',
    see: ['singular value decomposition'],
  },
  {
    term: 'spectrum',
    forms: ['spectra'],
    text: 'All singular values of a matrix (or eigenvalues, where it is symmetric) in order. How fast it falls decides how small an error a given rank can reach.',
    see: ['singular value', 'energy'],
  },
  {
    term: 'energy',
    text: 'The sum of squared singular values, equal to the squared Frobenius norm. The share of it within the first k values is what a rank-k approximation keeps.',
    see: ['Frobenius norm'],
  },
  {
    term: 'stable rank',
    text: 'The squared Frobenius norm over the squared spectral norm: at most the rank, and unlike it hardly moved by tiny singular values.',
    see: ['effective rank', 'rank'],
  },
  {
    term: 'effective rank',
    text: 'The exponential of the entropy of the singular values, scaled to sum to one: n for n equal values, near 1 where one dominates.',
    see: ['stable rank'],
  },
  {
    term: 'oversampling',
    text: 'A few more columns in a random sketch than the rank that is wanted (5 to 10 are usual), dropped in the end. They make a poor draw very unlikely.',
    see: ['sketch'],
  },
  {
    term: 'power iteration',
    text: 'Multiplying a sketch by the matrix times its transpose q more times, so that it sees singular values to the power 2q + 1. Small ones fade; between the products the columns must be orthonormalized.',
    see: ['sketch', 'orthonormal'],
  },
  {
    term: 'sketch',
    forms: ['sketches', 'sketching'],
    text: 'The product of a large matrix and a thin random one: a small matrix whose columns span most of what matters in the large one.',
    see: ['oversampling'],
  },
  {
    term: 'Frobenius norm',
    forms: ['Frobenius distance', 'Frobenius'],
    text: 'The square root of the sum of all squared entries of a matrix, equal to that of its squared singular values.',
    see: ['spectral norm'],
  },
  {
    term: 'spectral norm',
    text: 'The largest singular value of a matrix: the most by which it can stretch a vector.',
    see: ['Frobenius norm'],
  },
  {
    term: 'PSNR',
    also: ['peak signal-to-noise ratio'],
    text: 'Peak signal-to-noise ratio of a picture in decibels: 10 log10 of the squared full range over the mean squared error. Each 20 dB is a tenth of the error.',
  },
  {
    term: 'float32',
    also: ['single precision'],
    text: 'Floating-point numbers of 32 bits with a 24-bit significand: a relative rounding error of at most 6e-8 an operation. It is what GPUs compute with in a browser.',
    see: ['float32 floor', 'float64'],
  },
  {
    term: 'float64',
    also: ['double precision'],
    text: 'Floating-point numbers of 64 bits with a 53-bit significand, a relative rounding error of at most 1.1e-16. The processor computes the reference results in it.',
    see: ['float32'],
  },
  {
    term: 'float32 floor',
    text: 'The error that rounding to float32 leaves, about 1e-7 of the largest singular value: below it, measured singular values and errors say nothing about the method.',
    see: ['float32'],
  },
  {
    term: 'orthonormal',
    forms: ['orthonormalized', 'orthonormalization'],
    text: 'Said of vectors that are perpendicular to each other and of length 1. A matrix with such columns changes no lengths and amplifies no errors.',
  },
  {
    term: 'QR',
    also: ['QR decomposition', 'QR factorization'],
    text: 'A matrix as one with orthonormal columns (Q) times an upper triangular one (R). It turns any basis into an orthonormal one.',
    see: ['Householder', 'Cholesky'],
  },
  {
    term: 'Householder',
    also: ['Householder reflection'],
    text: 'A reflection that sends a vector to a multiple of a unit vector. A QR decomposition made of such reflections is orthonormal to rounding, however ill-conditioned the matrix.',
    see: ['QR'],
  },
  {
    term: 'Cholesky',
    also: ['Cholesky decomposition', 'CholeskyQR'],
    forms: ['Cholesky factorization'],
    text: 'A symmetric positive definite matrix as a lower triangular one times its transpose. Applied to the Gram matrix it gives a fast QR decomposition whose error grows with the squared condition number.',
    see: ['Gram matrix', 'QR'],
  },
  {
    term: 'Gram matrix',
    forms: ['Gram matrices'],
    text: 'The transpose of a matrix times itself: all inner products of its columns. Its eigenvalues are the squared singular values, so in float32 it loses those below 3e-4 of the largest.',
    see: ['singular value', 'float32'],
  },
  {
    term: 'Jacobi SVD',
    also: ['one-sided Jacobi'],
    forms: ['Jacobi rotation'],
    text: 'Rotates pairs of columns until all are perpendicular; their lengths are then the singular values. Slow but accurate, and disjoint pairs can be rotated in parallel.',
    see: ['singular value decomposition'],
  },
  {
    term: 'condition number',
    text: 'The largest singular value over the smallest: by how much solving with the matrix can amplify a relative error.',
    see: ['singular value'],
  },
  {
    term: 'LoRA',
    also: ['low-rank adaptation'],
    text: 'Low-rank adaptation: the weights stay frozen, and a product of two thin trained matrices is added to each.',
    see: ['adapter', 'fine-tuning'],
  },
  {
    term: 'adapter',
    text: 'A small set of trained numbers beside the frozen weights of a network that fits it to a new task and can be stored or exchanged on its own.',
    see: ['LoRA'],
  },
  {
    term: 'fine-tuning',
    forms: ['fine-tuned', 'fine-tune'],
    text: 'Training a network further, from weights that it learned on other data; full fine-tuning changes all of them.',
    see: ['adapter'],
  },
  {
    term: 'Adam',
    text: 'A gradient method that divides a running mean of the gradient by the root of a running mean of its square. It keeps two numbers beside every trained one.',
  },
  {
    term: 'quantization',
    forms: ['quantized', 'quantize'],
    text: 'Storing numbers as a few bits each, an index into a small set of levels, with a scale for each block of them.',
    see: ['NF4'],
  },
  {
    term: 'NF4',
    also: ['4-bit NormalFloat'],
    text: 'A 4-bit format of 16 levels chosen for normally distributed weights: nearly equal shares of a normal distribution fall to each level, and zero is one of them. Every block is scaled by its largest magnitude.',
    see: ['quantization'],
  },
  {
    term: '2:4 sparsity',
    also: ['2:4'],
    text: 'Of every four consecutive weights at most two are not zero: a pattern that some GPUs multiply at twice the rate.',
  },
  {
    term: 'attention',
    text: 'Each token’s output is a mean of all value vectors, weighted by how well its query fits each key. The weights form an n by n matrix for n tokens.',
    see: ['softmax'],
  },
  {
    term: 'softmax',
    text: 'Exponentials divided by their sum: turns scores into positive weights that sum to 1. The lower the temperature, the more weight is with the largest score.',
    see: ['attention'],
  },
  {
    term: 'landmark',
    text: 'One of a few representatives, such as means of segments, through which all pairs are compared in place of each with each. A low-rank matrix results (Nyström).',
  },
  {
    term: 'random features',
    forms: ['random feature'],
    text: 'Random functions of a vector whose inner products are, in the mean, a kernel such as the exponential of a product. They turn an n by n kernel matrix into two thin factors.',
    see: ['attention'],
  },
  {
    term: 'state space model',
    also: ['SSM'],
    forms: ['state space', 'state-space model'],
    text: 'A sequence layer that carries a state by a linear recurrence: the state times a matrix plus the input times another; the output is read from the state.',
    see: ['scan', 'convolution'],
  },
  {
    term: 'HiPPO',
    also: ['HiPPO-LegS'],
    text: 'A state matrix derived so that the state holds the coefficients of the best polynomial fit to the past input. It is a normal matrix plus one of low rank.',
    see: ['state space model'],
  },
  {
    term: 'ZOH',
    also: ['zero-order hold'],
    text: 'Zero-order hold: makes a continuous system discrete as if the input stood still within each step. It is exact for such inputs.',
    see: ['state space model'],
  },
  {
    term: 'scan',
    also: ['prefix sum', 'parallel scan'],
    text: 'All partial results of an associative operation along a sequence. A linear recurrence is one, so it can be computed in about log n parallel steps.',
    see: ['state space model'],
  },
  {
    term: 'semiseparable',
    forms: ['semiseparable matrix', 'semiseparable matrices'],
    text: 'Said of a lower triangular matrix whose every block on or below the diagonal has rank at most N. A linear recurrence with N states, written as a matrix, is of this kind.',
    see: ['scan', 'rank'],
  },
  {
    term: 'convolution',
    text: 'A weighted sum over the past with weights that depend on the distance alone. A recurrence with constant matrices is one, and a Fourier transform computes it in n log n operations.',
    see: ['state space model'],
  },
  {
    term: 'roofline',
    text: 'The most that a kernel can reach on a device: the smaller of its peak rate and its memory bandwidth times the kernel’s flop per byte.',
    see: ['GFLOP/s'],
  },
  {
    term: 'flop',
    also: ['floating-point operation'],
    text: 'One floating-point addition or multiplication. A product of m by k and k by n matrices takes 2 m n k of them.',
  },
  {
    term: 'GFLOP/s',
    text: '10^9 floating-point operations a second, counted from the formula of the operation and not from what the hardware happened to execute.',
    see: ['roofline'],
  },
  {
    term: 'timestamp query',
    forms: ['timestamp queries'],
    text: 'A time that the GPU itself writes at the start and end of a pass. Browsers round it, often to 0.1 ms, so short passes are repeated to be timed.',
  },
  {
    term: 'workgroup',
    text: 'The invocations of a kernel that run on one core of the GPU, share a small fast memory and can wait for each other.',
    see: ['subgroup'],
  },
  {
    term: 'subgroup',
    text: 'The invocations of a workgroup that run in lockstep (32 on many GPUs) and can exchange values without memory.',
    see: ['workgroup'],
  },
  {
    term: 'claim',
    also: ['check'],
    text: 'A statement of a paper as a comparison of two numbers with a margin; each run is checked against those that apply to its settings.',
  },
];
