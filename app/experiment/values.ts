/**
 * Values of a method's parameters: the defaults, reading from text and the check against the declaration.
 * Nothing is repaired: a value out of range is refused with a sentence that says what would be right.
 */
import { UserError } from '../math/errors';
import type { Method } from '../methods/method';
import type { LooseValues, Parameter, ParameterValue } from '../methods/parameters';
import { nearest } from './nearest';

/** A record without a prototype, so that a key such as "constructor" is a key like any other. */
export function record<T>(entries: Iterable<readonly [string, T]> = []): Record<string, T> {
  const made: Record<string, T> = Object.create(null);
  for (const [key, value] of entries) made[key] = value;
  return made;
}

/** The declaration of `key`. @throws UserError that lists the keys nearest to it. */
export function parameterOf(method: Method, key: string): Parameter {
  if (Object.hasOwn(method.parameters, key)) return method.parameters[key];
  const near = nearest(key, Object.keys(method.parameters));
  throw new UserError(
    `${method.id} has no parameter "${key.slice(0, 60)}"${near.length > 0 ? `: it has ${near.join(', ')}` : ''}`,
  );
}

/** Every parameter at its default. */
export function defaults(method: Method): LooseValues {
  return record(Object.entries(method.parameters).map(([key, parameter]) => [key, parameter.default]));
}

/** The defaults with the method's quick sizes over them. */
export function quickValues(method: Method): LooseValues {
  const quick: Record<string, ParameterValue> = {};
  for (const [key, value] of Object.entries(method.quick)) if (value !== undefined) quick[key] = value;
  return checkValues(method, quick);
}

const LIST = /^\d{1,9}(-\d{1,9}){0,99}$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** What is allowed, for messages: "a whole number from 1 to 64". */
export function rangeText(parameter: Parameter): string {
  switch (parameter.kind) {
    case 'integer':
    case 'seed':
      return `a whole number from ${parameter.min} to ${parameter.max}`;
    case 'number':
      return `a number from ${parameter.min} to ${parameter.max}`;
    case 'list':
      return (
        `${parameter.atLeast} to ${parameter.atMost} whole numbers from ${parameter.min} to ${parameter.max}, ` +
        `joined by hyphens, such as ${parameter.default}`
      );
    case 'choice':
      return `one of ${parameter.options.map((option) => option.value).join(', ')}`;
    case 'flag':
      return '1 (on) or 0 (off)';
    default:
      return parameter satisfies never;
  }
}

/** The value that a text stands for, checked. @throws UserError naming key, value and range. */
export function parseValue(key: string, parameter: Parameter, text: string): ParameterValue {
  const trimmed = text.trim();
  switch (parameter.kind) {
    case 'choice':
    case 'list':
      return checkValue(key, parameter, trimmed);
    case 'flag':
      if (trimmed === '1' || trimmed === 'true') return true;
      if (trimmed === '0' || trimmed === 'false') return false;
      return checkValue(key, parameter, trimmed);
    default:
      // Adding 0 turns -0 into 0, which the text form cannot tell apart.
      return checkValue(key, parameter, NUMBER.test(trimmed) ? Number(trimmed) + 0 : trimmed);
  }
}

/** The text that `parseValue` reads back as this value. */
export const valueText = (value: ParameterValue): string =>
  typeof value === 'boolean' ? (value ? '1' : '0') : String(value);

/** The value itself. @throws UserError naming key, value and range. */
export function checkValue(key: string, parameter: Parameter, value: unknown): ParameterValue {
  const refuse = (verb: string) =>
    new UserError(`${key} ${quoted(value)} ${verb}: choose ${rangeText(parameter)}`);
  switch (parameter.kind) {
    case 'choice':
      if (typeof value === 'string' && parameter.options.some((option) => option.value === value))
        return value;
      throw refuse('is not among its options');
    case 'list': {
      if (typeof value !== 'string' || !LIST.test(value))
        throw refuse('is not a list of whole numbers joined by hyphens');
      const numbers = value.split('-').map(Number);
      if (numbers.length < parameter.atLeast) throw refuse('has too few numbers');
      if (numbers.length > parameter.atMost) throw refuse('has too many numbers');
      const wrong = numbers.find((one) => one < parameter.min || one > parameter.max);
      if (wrong !== undefined) throw refuse(`holds ${wrong}`);
      return numbers.join('-');
    }
    case 'flag':
      if (typeof value === 'boolean') return value;
      throw refuse('is neither on nor off');
    default: {
      if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse('is not a number');
      if (parameter.kind !== 'number' && !Number.isInteger(value)) throw refuse('is not whole');
      if (value < parameter.min) throw refuse(`is below ${parameter.min}`);
      if (value > parameter.max) throw refuse(`is above ${parameter.max}`);
      return value;
    }
  }
}

const quoted = (value: unknown): string =>
  typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value).slice(0, 60);

/**
 * All values of the method: those given, checked, over the defaults.
 * @throws UserError naming the first key or value that is wrong.
 */
export function checkValues(method: Method, loose: LooseValues): LooseValues {
  const checked = record(Object.entries(defaults(method)));
  for (const [key, value] of Object.entries(loose))
    checked[key] = checkValue(key, parameterOf(method, key), value);
  return checked;
}
