/**
 * A figure as it stands on the page, as one SVG: drawings are copied with the colours they have now, canvases
 * become embedded PNGs, marked texts become text. It needs no style sheet, so it opens everywhere as it looks.
 */
import type { Context } from './csv';

const PAD = 16;
const STYLES = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'fill-opacity',
  'font-size',
  'font-weight',
  'paint-order',
  'stroke-linejoin',
] as const;

/** The SVG source of the figure in `body`, with its title above and its settings and link below. */
export function svgOf(
  body: HTMLElement,
  title: string,
  context: Context,
): { source: string; width: number; height: number } {
  const box = body.getBoundingClientRect();
  const style = getComputedStyle(body);
  const ink = style.color;
  const below = wrapped(`${context.settings}  ${context.link}`, Math.floor((box.width + PAD) / 5.2));
  const width = Math.ceil(box.width) + 2 * PAD;
  const height = Math.ceil(box.height) + 2 * PAD + 34 + 14 * below.length;
  const at = (rect: DOMRect) => ({ x: rect.left - box.left + PAD, y: rect.top - box.top + PAD + 24 });
  const parts = [...body.querySelectorAll<Element>('.recharts-surface, [data-export]')].map((element) => {
    const rect = element.getBoundingClientRect();
    if (rect.width === 0) return '';
    if (element instanceof SVGSVGElement) return drawing(element, at(rect));
    if (element instanceof HTMLCanvasElement) return canvas(element, at(rect), rect);
    return words(element, at(rect), rect);
  });
  const background = style.getPropertyValue('--figure-surface').trim() || '#ffffff';
  const source = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` font-family="${escaped(style.fontFamily)}"><title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${background}"/>`,
    `<text x="${PAD}" y="${PAD + 10}" font-size="14" font-weight="600" fill="${ink}">${escaped(title)}</text>`,
    ...parts,
    ...below.map((line, i) => {
      const y = height - PAD + 4 - 14 * (below.length - 1 - i);
      return `<text x="${PAD}" y="${y}" font-size="10" fill="${ink}" fill-opacity="0.7">${escaped(line)}</text>`;
    }),
    '</svg>',
  ].join('');
  return { source, width, height };
}

/** The same as a PNG at twice the size, for screens and slides of high resolution. */
export async function pngOf(svg: { source: string; width: number; height: number }): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg.source], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const target = document.createElement('canvas');
    target.width = 2 * svg.width;
    target.height = 2 * svg.height;
    target.getContext('2d')?.drawImage(image, 0, 0, target.width, target.height);
    return await new Promise((done, fail) => {
      target.toBlob((blob) => (blob ? done(blob) : fail(new Error('the canvas gave no PNG'))), 'image/png');
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function drawing(element: SVGSVGElement, { x, y }: { x: number; y: number }): string {
  const copy = element.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) return '';
  const originals = [...element.querySelectorAll('*')];
  const copies = [...copy.querySelectorAll('*')];
  originals.forEach((original, i) => {
    const computed = getComputedStyle(original);
    const own = copies[i];
    for (const name of STYLES) own.setAttribute(name, computed.getPropertyValue(name));
    for (const name of ['class', 'style', 'tabindex', 'role']) own.removeAttribute(name);
  });
  for (const name of ['class', 'style', 'role']) copy.removeAttribute(name);
  copy.setAttribute('x', String(x));
  copy.setAttribute('y', String(y));
  return new XMLSerializer().serializeToString(copy);
}

function canvas(element: HTMLCanvasElement, { x, y }: { x: number; y: number }, rect: DOMRect): string {
  const clip = Number(element.dataset.clip ?? 0);
  const left = x + clip * rect.width;
  const pixelated = rect.width > element.width ? ' style="image-rendering:pixelated"' : '';
  return (
    `<svg x="${left}" y="${y}" width="${rect.width * (1 - clip)}" height="${rect.height}">` +
    `<image x="${-clip * rect.width}" width="${rect.width}" height="${rect.height}" preserveAspectRatio="none"` +
    `${pixelated} href="${element.toDataURL('image/png')}"/></svg>`
  );
}

function words(element: Element, { x, y }: { x: number; y: number }, rect: DOMRect): string {
  const computed = getComputedStyle(element);
  const size = Number.parseFloat(computed.fontSize);
  const lines = wrapped(element.textContent ?? '', Math.max(8, Math.ceil(rect.width / (size * 0.5))));
  const inset = Number.parseFloat(computed.paddingLeft) || 0;
  const ground = computed.backgroundColor;
  // A name on a picture keeps the patch that makes it legible there.
  const patch =
    ground === 'rgba(0, 0, 0, 0)'
      ? ''
      : `<rect x="${x}" y="${y}" width="${rect.width}" height="${rect.height}" rx="4" fill="${ground}"/>`;
  const texts = lines
    .map((line, i) => {
      const at = y + (lines.length > 1 ? size * (1.1 + 1.4 * i) : rect.height / 2 + size * 0.35);
      return `<text x="${x + inset}" y="${at}" font-size="${size}" fill="${computed.color}">${escaped(line)}</text>`;
    })
    .join('');
  return patch + texts;
}

/** Lines of at most `room` characters, broken at spaces; a longer word (a link) is broken anywhere. */
export function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    let rest = word;
    if (line !== '' && line.length + 1 + rest.length <= room) {
      line += ` ${rest}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > room) {
      lines.push(rest.slice(0, room));
      rest = rest.slice(room);
    }
    line = rest;
  }
  if (line !== '') lines.push(line);
  return lines;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]);
