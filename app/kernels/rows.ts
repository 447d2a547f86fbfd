/** What the kernels that work along rows share: the two views of shaders/lib/rows.wgsl, and which variant. */
import type { GpuHome } from '../gpu/gpuhome';
import type { Tensor } from '../gpu/home';

/** A thread a row where subgroups are small or absent; a subgroup a row elsewhere. */
export const rowVariant = (home: GpuHome): 'rows' | 'subgroup' =>
  home.barriersAreSlow || !home.device.features.has('subgroups') ? 'rows' : 'subgroup';

/** Whole vec4s where every row (of n) begins at one; the view of the output that is not used is a stand-in. */
export function rowBuffers(home: GpuHome, x: Tensor, y: Tensor, n: number, isPartial = false) {
  const wide = n % 4 === 0;
  const other = home.empty([4]);
  return {
    views: { x, x4: x, y: wide ? other : y, y4: wide ? y : other },
    constants: { WIDE: wide ? 1 : 0, EDGE: n % 16 === 0 && !isPartial ? 0 : 1 },
    release: () => home.release(other),
  };
}
