/**
 * The contract that every method signs. The declaration alone makes the controls, the link, the command
 * line, the tables, the page and the tests; `run` does the experiment, in whichever home it is given.
 */
import type { PictureData } from '../data/source';
import type { Home } from '../gpu/home';
import type { FactorSet } from './factors';
import type { Figure } from './figures';
import type { LooseValues, ParameterSet, Values } from './parameters';
import type { StepsOf } from './steps';

export interface Metric {
  label: string;
  unit?: string;
  better?: 'lower' | 'higher';
}

/** Metrics by key; null where a metric could not be computed, with the reason in `Outcome.reasons`. */
export type Metrics = Readonly<Record<string, number | null>>;

/**
 * What must hold, as one comparison over the metrics. It is checked when the parameters are those of `at`
 * (over the defaults, or over `quick`), whatever the seed.
 */
export interface Claim {
  /** As a person says it: "Two power iterations come within 5 % of the best possible error". */
  text: string;
  /** The card's number of the claim. */
  item: number;
  at?: LooseValues;
  value: (metrics: Readonly<Record<string, number>>) => number;
  relation: '<=' | '>=' | '=';
  bound: number | ((metrics: Readonly<Record<string, number>>) => number);
  /** Not numerical (a clock, say): shown, but no reason for the command line to fail. */
  advisory?: boolean;
  /** Claims that only hold at full size are not asserted under `quick`. */
  fullSizeOnly?: boolean;
  /** Speaks of what float32 does, so it is only stated for the GPU home. */
  gpuOnly?: boolean;
}

export interface Preset {
  id: string;
  label: string;
  /** What to notice, one sentence. */
  notice: string;
  values: LooseValues;
  /** The data it is about: the generated matrix of the testbed, or the shipped picture. */
  data?: 'testbed' | 'sample';
  /** Shows where the method breaks. */
  failure?: boolean;
}

export interface Paper {
  title: string;
  authors: string;
  year: number;
  /** arXiv id or DOI or venue. */
  ref: string;
  url: string;
}

/** One formula of the mathematics panel: TeX, rendered to MathML at build time, and what it says. */
export interface Formula {
  tex: string;
  text: string;
}

export type Family =
  | 'basics'
  | 'adapters'
  | 'training'
  | 'compression'
  | 'attention'
  | 'sequence'
  | 'points'
  | 'optimization';
export type Testbed =
  | 'matrix'
  | 'matmul'
  | 'adapt'
  | 'pretrain'
  | 'compress'
  | 'attention'
  | 'sequence'
  | 'points'
  | 'optimize';

/** What a method changes against the one it grew out of: an edge of the family tree. */
export interface Lineage {
  /** A method's id, or the name of a method that is not in the catalogue ("Adam", "GaLore"). */
  from: string;
  /** "trains an r x r core between frozen SVD factors", without a full stop. */
  change: string;
}

/** A matrix of the method's factorization, drawn to scale: "A m x n = Q m x r times B r x n". */
export interface Shape {
  symbol: string;
  rows: number;
  cols: number;
  /** What stands before it: nothing for the first, '=' or '≈', then '×' or '+'. */
  joint?: '=' | '≈' | '×' | '+' | '→';
  /** Kept as it is, as against trained or computed. */
  frozen?: boolean;
}

/** Work of a run, from the card's cost section: what the page estimates time and memory from beforehand. */
export interface Cost {
  flop: number;
  /** Peak bytes in tensors. */
  bytes: number;
  dispatches: number;
}

/** Part of a result, streamed while the run goes on. Later ones are merged over earlier ones, figures by id. */
export interface Outcome {
  metrics?: Metrics;
  figures?: readonly Figure[];
  /** Said to the person: a width that was cut, a fallback that was taken. */
  notes?: readonly string[];
  /** Why a metric is null, by metric key. */
  reasons?: Readonly<Record<string, string>>;
}

/** What a run is given. */
export interface Lab {
  readonly home: Home;
  /** The person's own matrix or picture, or the sample; null for the testbed's generated data. */
  readonly data: PictureData | null;
  /** Names the data for cache keys: its content hash and tensor name, or 'testbed'. */
  readonly dataKey: string;
  /** Progress: a seam where the run can be cancelled, drawn and sliced. fraction in 0..1. */
  step(fraction: number, stage: string): Promise<void>;
  /** Shows what there is so far. */
  partial(outcome: Outcome): void;
  /**
   * What a live parameter does not change (a matrix on the device, a decomposition): made once, kept on
   * the device within the memory budget. The key names everything that it depends on, besides data and home.
   */
  cached<T>(key: string, make: () => Promise<T>): Promise<T>;
  /**
   * Offers the factors of the answer as soon as they are there. Nothing is made unless somebody has asked for
   * them; a run that was begun for them alone ends here, so this is not called inside `cached`.
   */
  factors(make: () => Promise<FactorSet>): Promise<void>;
  /** Median time of one call in ms on this home, by timestamps where there are any, else wall time. */
  time(label: string, repeats: number, call: () => Promise<unknown>): Promise<number>;
}

export interface Method<S extends ParameterSet = ParameterSet> {
  id: string;
  title: string;
  family: Family;
  testbed: Testbed;
  /** One line of purpose. */
  summary: string;
  papers: readonly Paper[];
  formulas: readonly Formula[];
  parameters: S;
  metrics: Readonly<Record<string, Metric>>;
  claims: readonly Claim[];
  presets: readonly Preset[];
  /** Sizes at which the claims still hold and a run takes a few seconds on a software adapter. */
  quick: Partial<Values<S>>;
  /** The data sources it takes besides its testbed; a signal is one column (or row) of samples. */
  accepts: readonly ('matrix' | 'picture' | 'signal')[];
  /** Iterates on a loss, or is computed in closed form: the catalogue filters by it. */
  effort?: 'trained' | 'closed form';
  lineage?: readonly Lineage[];
  /** Symbols of the formulas, as TeX, and the parameter that each stands for: they light up together. */
  symbols?: Readonly<Record<string, string>>;
  /** The factors to scale, for these values. */
  shapes?: (values: Values<S>, shape: { m: number; n: number }) => readonly Shape[];
  /** The algorithm step by step, drawn and played; a module of its own, loaded when it is asked for. */
  steps?: () => Promise<StepsOf<NoInfer<Values<S>>>>;
  /** Work of a run on the testbed's own data at these values. */
  cost?: (values: Values<S>) => Cost;
  /** What its factors are, one sentence: they can be taken away as files. Absent where it has none. */
  factors?: string;
  /** The two or three metrics that a person wants first. */
  headline: readonly string[];
  /** Shaders behind its pictures, by file name without .wgsl. */
  shaders: readonly string[];
  /** Parameters, bytes and flop that the chosen rank stands for, known before the run. */
  budget?: (
    values: Values<S>,
    shape: { m: number; n: number },
  ) => readonly { label: string; value: number; unit: string }[];
  /** Refuses what the ranges alone cannot (rank above min(m, n) of this matrix), with a UserError. */
  check?: (values: Values<S>, data: { rows: number; cols: number } | null) => void;
  run(lab: Lab, values: Values<S>): Promise<Outcome>;
  /**
   * While a live parameter moves: the picture and the main numbers from what is cached, or null when
   * nothing is cached yet. The figures of `run` replace it once the movement stops.
   */
  preview?(lab: Lab, values: Values<S>): Promise<Outcome | null>;
}

/**
 * Checks the declaration's types, then forgets them: whoever runs a method only knows its parameter records,
 * and gives it values that were checked against them. The registry finds methods by glob.
 */
export const defineMethod = <S extends ParameterSet>(method: Method<S>): Method =>
  method as unknown as Method;
