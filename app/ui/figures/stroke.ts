/**
 * How a series looks: colour by role (a CSS custom property), stroke by how many of the role came before, so
 * that curves stay distinct in grey and to colour-blind eyes.
 *
 * The method is drawn wide and the exact answer narrow on top of it: where they coincide, both are seen.
 */
import type { Role } from '../../methods/figures';

export interface Stroke {
  color: string;
  width: number;
  /** SVG stroke-dasharray; absent for a solid line. */
  dash?: string;
}

const DASHES: Record<Role, readonly (string | undefined)[]> = {
  method: [undefined, '8 3', '3 3', '8 3 2 3'],
  exact: [undefined, '6 3', '2 3', '8 3 2 3'],
  baseline: ['7 3', '2 3', '9 3 2 3', '4 2'],
  bound: ['12 4', '12 3 3 3', '12 3 3 3 3 3'],
  guide: ['5 3', '2 3', '5 3 2 3'],
};

const WIDTHS: Record<Role, number> = { method: 3, exact: 1.25, baseline: 2, bound: 1.75, guide: 1.5 };

/** Strokes for series with these roles, in their order. */
export function strokesOf(roles: readonly Role[]): Stroke[] {
  const seen = new Map<Role, number>();
  return roles.map((role) => {
    const before = seen.get(role) ?? 0;
    seen.set(role, before + 1);
    const dashes = DASHES[role];
    const color =
      role === 'baseline' ? `var(--series-baseline-${(before % 4) + 1})` : `var(--series-${role})`;
    return { color, width: WIDTHS[role], dash: dashes[before % dashes.length] };
  });
}

/** Later is nearer to the eye: guides lie under everything, the exact answer on top of the method. */
export const paintOrder = (role: Role): number =>
  ['guide', 'bound', 'baseline', 'method', 'exact'].indexOf(role);
