/** The names of the spectra alone, for declarations, which the page loads without the mathematics behind them. */
export const SPECTRA = ['exp', 'power', 'step', 'flat'] as const;
export type SpectrumKind = (typeof SPECTRA)[number];
