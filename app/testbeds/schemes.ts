/** The schemes that are compared on the matrix testbed, by name: what a declaration needs of them. */

export const SCHEMES = ['rsvd0', 'rsvd', 'sparse', 'srht', 'krylov', 'stream'] as const;
export type Scheme = (typeof SCHEMES)[number];

export const schemeLabel: Readonly<Record<Scheme, string>> = {
  rsvd0: 'Gaussian sketch, no power',
  rsvd: 'Power iteration',
  sparse: 'Sparse sign sketch',
  srht: 'SRHT sketch',
  krylov: 'Block Krylov',
  stream: 'Single pass',
};
