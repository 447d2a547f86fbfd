/**
 * A tunable value. One record makes the control, the link, the command line flag, the table and the check:
 * nothing about a parameter is written twice.
 */

interface Named {
  label: string;
  /** One or two sentences, plain text. */
  help: string;
  /** Changing it recomputes nothing that came before; the page follows while it moves. */
  live?: boolean;
  /** Hidden in the form where it says false (the value is kept): e.g. `rate` only for the exp spectrum. */
  when?: (values: Readonly<Record<string, ParameterValue>>) => boolean;
}

export interface NumberParameter extends Named {
  kind: 'integer' | 'number';
  min: number;
  max: number;
  default: number;
  scale: 'linear' | 'log2' | 'log10';
  unit?: string;
}

export interface ChoiceParameter extends Named {
  kind: 'choice';
  options: readonly { value: string; label: string }[];
  default: string;
}

export interface FlagParameter extends Named {
  kind: 'flag';
  default: boolean;
}

/** Whole numbers joined by hyphens: the widths "64-128-128-32". `integersOf` reads it. */
export interface ListParameter extends Named {
  kind: 'list';
  /** Range of each number. */
  min: number;
  max: number;
  /** How many there may be. */
  atLeast: number;
  atMost: number;
  default: string;
}

/** An integer in 0..2^32 - 1 with a re-roll button. */
export interface SeedParameter extends Named {
  kind: 'seed';
  min: 0;
  max: 4294967295;
  default: number;
}

export type Parameter = NumberParameter | ChoiceParameter | FlagParameter | ListParameter | SeedParameter;
export type ParameterValue = number | string | boolean;
export type ParameterSet = Readonly<Record<string, Parameter>>;
export type LooseValues = Readonly<Record<string, ParameterValue>>;

type ValueOf<P> = P extends { kind: 'choice' }
  ? P extends { options: readonly { value: infer V }[] }
    ? V
    : never
  : P extends { kind: 'flag' }
    ? boolean
    : P extends { kind: 'list' }
      ? string
      : number;
export type Values<S extends ParameterSet> = { readonly [K in keyof S]: ValueOf<S[K]> };

type NumberSpec = Omit<NumberParameter, 'kind' | 'scale'> & { scale?: NumberParameter['scale'] };

export const integer = (spec: NumberSpec): NumberParameter => ({ kind: 'integer', scale: 'linear', ...spec });
export const number = (spec: NumberSpec): NumberParameter => ({ kind: 'number', scale: 'linear', ...spec });
export const flag = (spec: Omit<FlagParameter, 'kind'>): FlagParameter => ({ kind: 'flag', ...spec });
export const list = (spec: Omit<ListParameter, 'kind'>): ListParameter => ({ kind: 'list', ...spec });
/** The numbers of a list parameter's value. */
export const integersOf = (value: string): number[] => value.split('-').map(Number);
export const seed = (): SeedParameter => ({
  kind: 'seed',
  label: 'Seed',
  min: 0,
  max: 4294967295,
  default: 0,
  help: 'Names the random numbers: the same seed gives the same data on every machine.',
});
export const choice = <const O extends readonly { value: string; label: string }[]>(
  spec: Omit<ChoiceParameter, 'kind' | 'options' | 'default'> & { options: O; default: O[number]['value'] },
): ChoiceParameter & { options: O; default: O[number]['value'] } => ({ kind: 'choice', ...spec });
