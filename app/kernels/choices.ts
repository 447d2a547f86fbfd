/** Which kernel an operation takes on this adapter, by example: for `lab info` and bug reports. */
import type { GpuHome } from '../gpu/gpuhome';
import { PLAIN, variantFor, variantsFor } from './gemm';
import { transposeVariants } from './transpose';

export interface KernelChoice {
  what: string;
  kernel: string;
  /** The others that the tuner would try. */
  others: readonly string[];
}

/** Products of 512 and 509, whose rows begin at no multiple of four, and a transpose. */
export function kernelChoices(home: GpuHome): KernelChoice[] {
  const products = [512, 509].map((n) => {
    const job = {
      ...PLAIN,
      m: n,
      n,
      k: n,
      k_slice: n,
      a_row: n,
      a_col: 1,
      b_row: n,
      b_col: 1,
      a_batch: n * n,
      b_batch: n * n,
    };
    const kernel = variantFor(home, job);
    return {
      what: `matmul ${n}`,
      kernel,
      others: variantsFor(home, job).filter((other) => other !== kernel),
    };
  });
  const [kernel, ...others] = transposeVariants(home, 1024, 1024);
  return [...products, { what: 'transpose 1024', kernel, others }];
}
