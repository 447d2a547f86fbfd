/**
 * An ONNX model of a few nodes as bytes: a writer of the protocol buffers of onnx.proto (ir_version 10), no
 * more of it than the benchmark needs.
 */

type Attribute = { name: string } & ({ i: number } | { f: number } | { ints: number[] });

export interface Node {
  op: string;
  inputs: string[];
  outputs: string[];
  domain?: string;
  attributes?: Attribute[];
}

export type ElementType = 'float' | 'int32' | 'int64';
export interface Value {
  name: string;
  shape: readonly number[];
  type?: ElementType;
}

export interface Graph {
  nodes: Node[];
  inputs: Value[];
  outputs: Value[];
  /** Constants: int64 or float tensors. */
  constants?: { name: string; shape: number[]; int64?: number[]; float?: number[] }[];
}

const ELEMENT: Readonly<Record<ElementType, number>> = { float: 1, int32: 6, int64: 7 };
const text = new TextEncoder();

const varint = (value: number): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
};
const integer = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, value: ArrayLike<number>): number[] => [
  ...varint((field << 3) | 2),
  ...varint(value.length),
  ...Array.from(value),
];
const string = (field: number, value: string): number[] => bytes(field, text.encode(value));
const float = (field: number, value: number): number[] => [
  ...varint((field << 3) | 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
];

function attribute(a: Attribute): number[] {
  const name = string(1, a.name);
  if ('i' in a) return [...name, ...integer(3, a.i), ...integer(20, 2)];
  if ('f' in a) return [...name, ...float(2, a.f), ...integer(20, 1)];
  return [...name, ...a.ints.flatMap((value) => integer(8, value)), ...integer(20, 7)];
}

function node({ op, inputs, outputs, domain, attributes = [] }: Node): number[] {
  return [
    ...inputs.flatMap((name) => string(1, name)),
    ...outputs.flatMap((name) => string(2, name)),
    ...string(4, op),
    ...attributes.flatMap((a) => bytes(5, attribute(a))),
    ...(domain ? string(7, domain) : []),
  ];
}

function valueInfo({ name, shape, type = 'float' }: Value): number[] {
  const dimensions = shape.flatMap((size) => bytes(1, integer(1, size)));
  const tensor = [...integer(1, ELEMENT[type]), ...bytes(2, dimensions)];
  return [...string(1, name), ...bytes(2, bytes(1, tensor))];
}

function constant({ name, shape, int64, float: floats }: NonNullable<Graph['constants']>[number]): number[] {
  const raw = int64
    ? new Uint8Array(BigInt64Array.from(int64, BigInt).buffer)
    : new Uint8Array(Float32Array.from(floats ?? []).buffer);
  return [
    ...shape.flatMap((size) => integer(1, size)),
    ...integer(2, int64 ? ELEMENT.int64 : ELEMENT.float),
    ...string(8, name),
    ...bytes(9, raw),
  ];
}

/** The model, operator set 21 and Microsoft's own domain. */
export function onnxModel({ nodes, inputs, outputs, constants = [] }: Graph): Uint8Array {
  const graph = [
    ...nodes.flatMap((n) => bytes(1, node(n))),
    ...string(2, 'case'),
    ...constants.flatMap((c) => bytes(5, constant(c))),
    ...inputs.flatMap((value) => bytes(11, valueInfo(value))),
    ...outputs.flatMap((value) => bytes(12, valueInfo(value))),
  ];
  const opset = (domain: string, version: number) => bytes(8, [...string(1, domain), ...integer(2, version)]);
  return Uint8Array.from([
    ...integer(1, 10),
    ...bytes(7, graph),
    ...opset('', 21),
    ...opset('com.microsoft', 1),
  ]);
}
