/**
 * How the invocations of a factorization work together: four lanes of a subgroup that need no barrier, or a
 * workgroup that has them.
 */
import type { GpuHome } from '../gpu/gpuhome';

export type Team = 'lanes' | 'workgroup';

/** Lanes where barriers are slow and subgroups there (every software adapter of today), else a workgroup. */
export const teamOf = (home: GpuHome): Team =>
  home.barriersAreSlow && home.device.features.has('subgroups') ? 'lanes' : 'workgroup';
