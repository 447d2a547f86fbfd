/**
 * What a result shows: plain data, a few kinds, so that a few components draw all methods. Nothing here
 * knows of React or of the GPU. NaN and infinity travel as they are (structured clone keeps them); JSON
 * writers turn them into null.
 */

/** What a curve stands for; decides its colour and stroke, so that the same thing looks the same everywhere. */
export type Role = 'method' | 'exact' | 'baseline' | 'bound' | 'guide';

export type Scale = 'linear' | 'log';

export interface Axis {
  label: string;
  unit?: string;
  scale: Scale;
  /**
   * What is counted, where the label does not say it: axes of the same quantity are read together. By default
   * the label and unit; an index is a rank.
   */
  quantity?: string;
}

export interface Series {
  key: string;
  label: string;
  role: Role;
  x: readonly number[];
  y: readonly number[];
  /** Points without a connecting line. */
  points?: boolean;
  /** A band round the curve, at each x: lowest and highest over seeds, say. */
  spread?: { low: readonly number[]; high: readonly number[] };
}

/** A line across the plot: a tolerance, a floor, a roofline level, the rank. */
export interface Mark {
  axis: 'x' | 'y';
  at: number;
  label: string;
  /** A parameter that can be dragged along the axis. */
  parameter?: string;
}

interface FigureBase {
  /** Stable within a method: the page keeps its place, its scale switches and its export under this name. */
  id: string;
  title: string;
  /** One or two sentences for a person who cannot see the picture, and for the caption. */
  summary: string;
  /**
   * Runs of different methods (or settings) whose figures carry the same name here have the same axes and may
   * be laid over one another: 'loss-steps', 'loss-params', 'error-rank', 'error-time' ...
   */
  overlay?: string;
}

/** Singular values against their index (from 1), with the float32 floor and a cut that can be dragged. */
export interface SpectrumFigure extends FigureBase {
  kind: 'spectrum';
  /** values[j] is sigma_(j+1). */
  series: readonly { key: string; label: string; role: Role; values: readonly number[] }[];
  /** The parameter that the cut sets, and where it stands. */
  cut: { parameter: string; at: number };
  /** eps * sigma_1: below it float32 shows nothing. */
  floor: number;
}

export interface LinesFigure extends FigureBase {
  kind: 'lines';
  x: Axis;
  y: Axis;
  series: readonly Series[];
  marks?: readonly Mark[];
}

/** Named points on two axes (roofline, Pareto front), with guide lines. */
export interface ScatterFigure extends FigureBase {
  kind: 'scatter';
  x: Axis;
  y: Axis;
  points: readonly { key: string; label: string; role: Role; x: number; y: number }[];
  lines?: readonly Series[];
  /** One unit is as long on either axis: the complex plane. */
  equal?: boolean;
}

export interface BarsFigure extends FigureBase {
  kind: 'bars';
  y: Axis;
  bars: readonly { key: string; label: string; role: Role; value: number; note?: string }[];
  marks?: readonly Mark[];
}

/** A matrix as colours. Larger matrices are reduced to at most 512 x 512 by the method (say how in the summary). */
export interface HeatmapFigure extends FigureBase {
  kind: 'heatmap';
  rows: number;
  cols: number;
  values: Float32Array;
  label: string;
  unit?: string;
  scale: Scale;
  /** Sequential from low to high, or diverging about zero. */
  palette: 'sequential' | 'diverging';
  /** Fixed colour range; from the data if absent. */
  range?: readonly [number, number];
  /**
   * What rows and columns count, from 0: "query", "key". `quantity` where that name is not the quantity of the
   * axes that are read together with it; `every` where a row or column stands for so many of it.
   */
  axes?: {
    rows: string;
    cols: string;
    quantity?: { rows?: string; cols?: string };
    every?: { rows?: number; cols?: number };
  };
  /** Heatmaps of one group stand side by side; give them the same `range`. */
  group?: string;
}

/** Grey (one plane) or colour (three planes: r, g, b), each rows x cols row-major, 0 black and 1 full. */
export interface Planes {
  rows: number;
  cols: number;
  planes: readonly Float32Array[];
}

/** A picture and its approximation: wipe, amplified difference, PSNR. */
export interface ImageFigure extends FigureBase {
  kind: 'image';
  original: Planes;
  approximation: Planes;
  approximationLabel: string;
  /** The value that is black and the value that is full; [0, 1] for photographs, [min, max] for other matrices. */
  range: readonly [number, number];
  /** Peak signal-to-noise ratio, dB, peak = range[1] - range[0]. Infinity when equal. */
  psnr: number;
}

export interface TableFigure extends FigureBase {
  kind: 'table';
  columns: readonly { key: string; label: string; unit?: string }[];
  rows: readonly Readonly<Record<string, number | string | null>>[];
}

export type Figure =
  | SpectrumFigure
  | LinesFigure
  | ScatterFigure
  | BarsFigure
  | HeatmapFigure
  | ImageFigure
  | TableFigure;
