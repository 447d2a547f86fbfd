/** Parameters that methods on the network testbeds share; a method overrides defaults where its card does. */
import { integer, number } from './parameters';

type Override = { default?: number; min?: number; max?: number; label?: string; help?: string };

export const targetRank = (over: Override = {}) =>
  integer({
    label: 'Rank of the change',
    min: 1,
    max: 128,
    default: 8,
    scale: 'log2',
    help: 'The target network differs from the pretrained one by a random change of this rank in every layer.',
    ...over,
  });

export const shift = (over: Override = {}) =>
  number({
    label: 'Size of the change',
    min: 0,
    max: 2,
    default: 0.5,
    help: 'Frobenius norm of the change over that of the weight. At 0 there is nothing to learn.',
    ...over,
  });

export const alpha = (over: Override = {}) =>
  number({
    label: 'Decay of the weights',
    min: 0,
    max: 2,
    default: 0.5,
    help: 'Singular values of every pretrained weight fall as (i + 1)^-alpha.',
    ...over,
  });

export const correlation = (over: Override = {}) =>
  number({
    label: 'Decay of the inputs',
    min: 0,
    max: 3,
    default: 0.5,
    help: 'Variances of the inputs fall as (i + 1)^-correlation; 0 is white.',
    ...over,
  });

export const noise = (over: Override = {}) =>
  number({
    label: 'Label noise',
    min: 0,
    max: 2,
    default: 0,
    help: 'Standard deviation of the noise on the training targets over that of the targets.',
    ...over,
  });

export const steps = (over: Override = {}) =>
  integer({
    label: 'Steps',
    min: 1,
    max: 5000,
    default: 300,
    scale: 'log2',
    help: 'Steps of Adam.',
    ...over,
  });

export const batch = (over: Override = {}) =>
  integer({
    label: 'Batch',
    min: 1,
    max: 4096,
    default: 128,
    scale: 'log2',
    help: 'Rows per step: consecutive slices of one permutation of the 4096 training rows.',
    ...over,
  });

export const learningRate = (over: Override = {}) =>
  number({
    label: 'Learning rate',
    min: 1e-5,
    max: 0.1,
    default: 0.002,
    scale: 'log10',
    help: 'Of Adam; beta 0.9 and 0.999, eps 1e-8.',
    ...over,
  });

/** Said where the target is the pretrained network itself. */
export const NOTHING_TO_LEARN = 'The pretrained weights already fit the target: there is nothing to learn.';
