/**
 * What outlives a run on one home: matrices on the device, decompositions, trained networks, with the least
 * recently used going first once they exceed the budget. An entry owns its tensors. Entries that the run in
 * progress has used stay, whatever the budget, because the method holds their tensors.
 */
import { type Home, partsOf, sizeOf, type Tensor } from '../gpu/home';
import { ownersIn } from '../gpu/scopes';

interface Entry {
  value: unknown;
  tensors: ReadonlySet<Tensor>;
  bytes: number;
  /** The run that used it last. */
  run: number;
}

const DEFAULT_BUDGET = 512 * 2 ** 20;

export class Cache {
  // A Map keeps the order of insertion: the least recently used entry comes first.
  private readonly entries = new Map<string, Entry>();
  private readonly owners = new Map<Tensor, number>();
  private run = 0;

  constructor(
    private readonly home: Home,
    private readonly budget: number = DEFAULT_BUDGET,
  ) {}

  /** Bytes in tensors and typed arrays of all entries; what two entries share counts twice. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.entries.values()) sum += bytes;
    return sum;
  }

  /** Bytes of the tensors that the cache keeps alive on its home. */
  get deviceBytes(): number {
    let sum = 0;
    for (const tensor of this.owners.keys()) sum += tensorBytes(tensor);
    return sum;
  }

  /** From here on, entries used are kept until the next run begins. */
  beginRun(): void {
    this.run++;
  }

  has(key: string): boolean {
    return this.entries.has(key);
  }

  /** The entry, made in a scope of its own on first use. A make that throws leaves nothing behind. */
  async get<T>(key: string, make: () => Promise<T>): Promise<T> {
    const found = this.entries.get(key);
    if (found) {
      this.entries.delete(key);
      this.entries.set(key, { ...found, run: this.run });
      return found.value as T; // the caller's key stands for one type
    }
    const value = await this.home.scope(make);
    const tensors = ownersIn(value);
    for (const tensor of tensors) {
      this.home.keep(tensor);
      this.owners.set(tensor, (this.owners.get(tensor) ?? 0) + 1);
    }
    this.entries.set(key, { value, tensors, bytes: bytesOf(value), run: this.run });
    this.trim();
    return value;
  }

  /** Drops what exceeds the budget, except what the current run has used. */
  trim(): void {
    let bytes = this.bytes;
    for (const [key, entry] of this.entries) {
      if (bytes <= this.budget) return;
      if (entry.run === this.run) continue;
      bytes -= entry.bytes;
      this.drop(key, entry);
    }
  }

  /** After a run: nothing is in use any more. */
  endRun(): void {
    this.run++;
    this.trim();
  }

  clear(): void {
    for (const [key, entry] of this.entries) this.drop(key, entry);
  }

  private drop(key: string, entry: Entry): void {
    this.entries.delete(key);
    for (const tensor of entry.tensors) {
      const owners = (this.owners.get(tensor) ?? 1) - 1;
      if (owners > 0) {
        this.owners.set(tensor, owners);
        continue;
      }
      this.owners.delete(tensor);
      this.home.release(tensor);
    }
  }
}

function tensorBytes(tensor: Tensor): number {
  const wide = tensor.home.kind === 'cpu' && tensor.dtype !== 'u32';
  return sizeOf(tensor.shape) * partsOf(tensor.dtype) * (wide ? 8 : 4);
}

/** Bytes in tensors and typed arrays at any depth of plain objects and arrays. */
function bytesOf(value: unknown): number {
  let sum = 0;
  for (const tensor of ownersIn(value)) sum += tensorBytes(tensor);
  return sum + hostBytes(value, new Set());
}

function hostBytes(value: unknown, seen: Set<unknown>): number {
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (Array.isArray(value) && typeof value[0] === 'number') return 8 * value.length;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + hostBytes(item, seen), 0);
}
