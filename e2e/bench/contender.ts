/** What every implementation looks like to the measurement: ours, the naive kernels, and each library. */
import type { BenchCase, Outputs } from '../../app/experiment/bench/case';

export interface Contender {
  /** Queues the operation this many times, then waits until all of it is done. */
  run(times: number): Promise<void>;
  /** Runs once; the outputs on the host. */
  outputs(): Promise<Outputs>;
  /** Measures what is chosen by measuring, as the page does in idle time after a first answer: whether there was any. */
  settle?(): Promise<boolean>;
  dispose(): void;
}

export interface Library {
  name: string;
  /** Loads and opens what the library needs before any operation; not part of its first answer. */
  open(): Promise<void>;
  /** Inputs on the device, ready to run; null where the library does not offer the operation. */
  prepare(test: BenchCase): Promise<Contender | null>;
}
