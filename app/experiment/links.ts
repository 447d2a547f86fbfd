/**
 * Links, version 1: `#/<method>?rank=24&seed=3`, the method and what is not at its default, readable and
 * writable by hand. A link is hostile input: reading one never throws, takes declared keys only, and names
 * what it leaves out while the rest is kept. Version 1 links open in every later version.
 */
import { UserError } from '../math/errors';
import type { Method } from '../methods/method';
import type { LooseValues, ParameterValue } from '../methods/parameters';
import { type DataRef, dataText, parseData } from './dataref';
import { catalogue, findMethod, loadMethod } from './registry';
import { defaults, parameterOf, parseValue, valueText } from './values';

export interface LinkState {
  method: string;
  /** Complete and checked. */
  values: LooseValues;
  data: DataRef;
  /** The tensor within a safetensors file. */
  tensor?: string;
  /** The picture's three channels instead of its grey. */
  colour: boolean;
  home: 'gpu' | 'cpu';
  /** Only the figures named by `show`, for a frame in another page. */
  embed: boolean;
  /** Figure ids; empty for all. */
  show: readonly string[];
  /** An edited kernel, packed (shaderedit.ts). It never runs before the reader says so. */
  wgsl?: string;
  /** Parameters that the reader may see and not change, and those that are not even shown. */
  lock?: readonly string[];
  hide?: readonly string[];
  /** The sender's figures by metric, to compare the reader's own run with. */
  sent?: Readonly<Record<string, number>>;
}

export interface DecodedLink {
  state: LinkState;
  /** What was left out and why, one sentence each. */
  problems: string[];
}

export const LINK_VERSION = 1;
/** Longer links are cut by chat programs and servers; nothing that this codec writes comes near. */
export const LINK_LIMIT = 8000;
/** Keys of the link itself. A parameter cannot have one of these names. */
export const RESERVED: readonly string[] = [
  'data',
  'tensor',
  'colour',
  'home',
  'embed',
  'show',
  'wgsl',
  'lock',
  'hide',
  'sent',
  'v',
];

const OPENING = { method: 'rsvd', rank: 24 };
const MOST_PROBLEMS = 12;
const NAME_LIMIT = 500;

/** What a page shows that is opened without a link: the shipped picture at rank 24. */
export function openingState(among?: readonly Method[]): LinkState {
  const method = among
    ? (among.find(({ id }) => id === OPENING.method) ?? among[0])
    : findMethod(OPENING.method);
  const rank = method.parameters.rank;
  const fits = rank?.kind === 'integer' && rank.min <= OPENING.rank && OPENING.rank <= rank.max;
  const state = stateOf(method);
  if (fits) state.values = { ...state.values, rank: OPENING.rank };
  if (method.accepts.length > 0) state.data = { kind: 'sample' };
  return state;
}

/** The state of a method with everything at its default. */
export function stateOf(method: Method): LinkState {
  return {
    method: method.id,
    values: defaults(method),
    data: { kind: 'testbed' },
    colour: false,
    home: 'gpu',
    embed: false,
    show: [],
  };
}

/** The link of a state, beginning with `#/`. Keys stand in the declared order, so equal states give equal links. */
export function encodeLink(state: LinkState, among?: readonly Method[]): string {
  const method = findMethod(state.method, among);
  const pairs: [string, string][] = [];
  for (const [key, parameter] of Object.entries(method.parameters)) {
    const value = state.values[key];
    if (value !== undefined && value !== parameter.default) pairs.push([key, valueText(value)]);
  }
  if (state.data.kind !== 'testbed') pairs.push(['data', dataText(state.data)]);
  if (state.tensor !== undefined) pairs.push(['tensor', state.tensor]);
  if (state.colour) pairs.push(['colour', '1']);
  if (state.home === 'cpu') pairs.push(['home', 'cpu']);
  if (state.embed) pairs.push(['embed', '1']);
  if (state.show.length > 0) pairs.push(['show', state.show.join(',')]);
  if (state.lock?.length) pairs.push(['lock', state.lock.join(',')]);
  if (state.hide?.length) pairs.push(['hide', state.hide.join(',')]);
  const sent = Object.entries(state.sent ?? {});
  if (sent.length > 0) pairs.push(['sent', sent.map(([key, value]) => `${key}:${value}`).join(',')]);
  if (state.wgsl !== undefined) pairs.push(['wgsl', state.wgsl]);
  const query = pairs.map(([key, value]) => `${escaped(key)}=${escaped(value)}`).join('&');
  return `#/${method.id}${query === '' ? '' : `?${query}`}`;
}

/** Percent-encoding that leaves what a fragment may hold readable. Unpaired surrogates have no encoding. */
const escaped = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/%(3A|2C|2F|40)/g, (code) =>
    decodeURIComponent(code),
  );

/** The method that a link names and the rest of it; null for an empty link. */
function split(link: string): { id: string; query: string } | null {
  const at = link.indexOf('#');
  const text = (at < 0 ? link : link.slice(at + 1)).replace(/^\//, '');
  if (text === '') return null;
  const cut = text.indexOf('?');
  return {
    id: unescaped(cut < 0 ? text : text.slice(0, cut)) ?? '',
    query: cut < 0 ? '' : text.slice(cut + 1),
  };
}

/** Loads the declaration that a link needs, then reads it. Rejects only where a file cannot be fetched. */
export async function openLink(link: string): Promise<DecodedLink> {
  const id = split(link.slice(0, LINK_LIMIT))?.id;
  const known = catalogue.some((entry) => entry.id === id);
  await loadMethod(id !== undefined && known ? id : OPENING.method);
  return decodeLink(link);
}

/**
 * What a link (its hash part, or a whole address) stands for. Never throws over what a link holds; without
 * `among` the declaration it names, or else the opening method's, must be loaded: openLink sees to that.
 */
export function decodeLink(link: string, among?: readonly Method[]): DecodedLink {
  const problems: string[] = [];
  const parts = split(link);
  if (!parts) return { state: openingState(among), problems };
  const { length } = link.slice(link.indexOf('#') + 1);
  if (length > LINK_LIMIT) {
    problems.push(`The link has ${length} characters, more than ${LINK_LIMIT}: it was not read.`);
    return { state: openingState(among), problems };
  }
  let method: Method;
  try {
    method = findMethod(parts.id, among);
  } catch (error) {
    problems.push(sentence(error));
    return { state: openingState(among), problems };
  }
  const state = stateOf(method);
  const values: Record<string, ParameterValue> = Object.assign(Object.create(null), state.values);
  state.values = values;
  const seen = new Set<string>();
  for (const part of parts.query.split('&')) {
    if (part === '') continue;
    try {
      const [key, value] = readPair(part);
      if (seen.has(key)) throw new UserError(`${key.slice(0, 60)} is named twice: the first value is kept`);
      seen.add(key);
      // A method that takes no files may call a parameter of its own `data`.
      if (RESERVED.includes(key) && !Object.hasOwn(method.parameters, key)) {
        readReserved(state, method, key, value);
      } else values[key] = parseValue(key, parameterOf(method, key), value);
    } catch (error) {
      problems.push(sentence(error));
    }
  }
  return { state, problems: shortened(problems) };
}

function readPair(part: string): [string, string] {
  const equals = part.indexOf('=');
  const key = unescaped(equals < 0 ? part : part.slice(0, equals));
  const value = unescaped(equals < 0 ? '' : part.slice(equals + 1));
  if (key === null || value === null)
    throw new UserError(`"${part.slice(0, 60)}" is not readable: % must be written %25`);
  return [key, value];
}

/** Sets what a key of the link itself says. @throws UserError where it says nothing that is known. */
function readReserved(state: LinkState, method: Method, key: string, value: string): void {
  const wrong = (cure: string) => new UserError(`${key} "${value.slice(0, 60)}" is unknown: choose ${cure}`);
  switch (key) {
    case 'data': {
      const data = parseData(value);
      if (!data) throw wrong('sample, file:<name>:<16 hexadecimal digits>, or url:<https address>');
      if (method.accepts.length === 0)
        throw new UserError(`${method.id} makes its own data: data is left out`);
      state.data = data;
      return;
    }
    case 'tensor':
      if (value === '' || value.length > NAME_LIMIT) throw wrong(`a name of 1 to ${NAME_LIMIT} characters`);
      state.tensor = value;
      return;
    case 'home':
      if (value !== 'cpu' && value !== 'gpu') throw wrong('gpu or cpu');
      state.home = value;
      return;
    case 'colour':
    case 'embed':
      if (value !== '0' && value !== '1') throw wrong('1 or 0');
      state[key] = value === '1';
      return;
    case 'show': {
      const ids = value.split(',').filter((figure) => figure !== '');
      if (ids.length > 20 || ids.some((figure) => !/^[\w.-]{1,60}$/.test(figure)))
        throw wrong('up to 20 figure ids');
      state.show = [...new Set(ids)];
      return;
    }
    case 'lock':
    case 'hide': {
      const keys = value.split(',').filter((one) => one !== '');
      for (const one of keys) parameterOf(method, one);
      state[key] = [...new Set(keys)];
      return;
    }
    case 'sent':
      state.sent = readSent(method, value);
      return;
    case 'wgsl':
      if (!/^[a-z]\w{0,60}\.[\w-]{1,7000}$/.test(value)) throw wrong('the link as it was sent');
      state.wgsl = value;
      return;
    default:
      if (value === String(LINK_VERSION)) return;
      throw new UserError(
        `The link is of version ${value.slice(0, 20)}, this page reads ${LINK_VERSION}: reload it`,
      );
  }
}

/** `error.rsvd:0.4576,error.svd:0.4493`: declared metrics and finite numbers only. */
function readSent(method: Method, value: string): Record<string, number> {
  const sent: Record<string, number> = Object.create(null);
  for (const part of value.split(',').slice(0, 60)) {
    const cut = part.lastIndexOf(':');
    const [key, text] = [part.slice(0, cut), part.slice(cut + 1)];
    const number = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!Object.hasOwn(method.metrics, key) || !Number.isFinite(number)) {
      throw new UserError(
        `sent "${part.slice(0, 60)}" is no metric of ${method.id} with a number: it is left out`,
      );
    }
    sent[key] = number;
  }
  return sent;
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

const sentence = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return /[.:!?]$/.test(text) ? text : `${text}.`;
};

function shortened(problems: string[]): string[] {
  const rest = problems.length - MOST_PROBLEMS;
  return rest <= 0 ? problems : [...problems.slice(0, MOST_PROBLEMS), `And ${rest} more of the kind.`];
}
