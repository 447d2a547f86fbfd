/** Every operation of the library that has a bound, by family. */
import type { BoundFamily } from './bounds';
import { dense } from './dense';
import { layers } from './layers';
import { rows } from './rows';
import { sequences } from './sequences';

export const boundFamilies: readonly BoundFamily[] = [...dense, ...rows, ...sequences, ...layers];
