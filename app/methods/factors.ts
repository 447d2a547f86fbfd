/**
 * The factors that a method arrives at, for people who want to go on with them elsewhere: named tensors, and the
 * numbers of the run that can be computed anew from them. Made only where somebody asks.
 */
import type { Tensor } from '../gpu/home';

export interface Factor {
  /** As the formulas call it: "U", "A of layer 1". */
  name: string;
  /** Its name in a .safetensors file. */
  key: string;
  /** Real entries, or whole numbers (u32), which no precision rounds. */
  value: Tensor;
  /** A vector whose entries are those of a matrix, the values of a sparse one say: it is rounded like one. */
  isEntries?: boolean;
}

/** A number that follows from the factors. */
export interface Measure {
  /** The metric of the run that it is while nothing is rounded. */
  metric?: string;
  /** Where it is no metric: what it is, for people. */
  label?: string;
  /** From real parts as they were stored, in the order of `parts`. null where it is not defined. */
  of: (parts: readonly Tensor[]) => Promise<number | null>;
}

export interface FactorSet {
  parts: readonly Factor[];
  /** The first is what the picture of precisions draws. */
  measures: readonly Measure[];
  /** Said to programs in the file: what has no tensor of its own, lora_alpha say. */
  metadata?: Readonly<Record<string, string>>;
}
