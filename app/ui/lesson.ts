/** A teacher's link locks or hides controls: presets, resets and hints would go round that. */
import type { LinkState } from '../experiment/links';

export const isLesson = ({ lock, hide }: LinkState): boolean => (lock?.length ?? 0) + (hide?.length ?? 0) > 0;
