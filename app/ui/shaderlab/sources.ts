/** The kernels' WGSL as it is written, comments and all; each file is loaded when it is asked for. */
const sources = import.meta.glob<string>('../../../shaders/*.wgsl', { query: '?raw', import: 'default' });

const pathOf = (name: string): string => `../../../shaders/${name}.wgsl`;

export const isKernel = (name: string): boolean => Object.hasOwn(sources, pathOf(name));

/** The source of a kernel. @throws where there is none, or it cannot be fetched. */
export const sourceOf = (name: string): Promise<string> => sources[pathOf(name)]();
