/**
 * `npm run thumbnails`: runs every method at its quick size in float64 on the CPU and draws the first chart of its
 * result small, for the catalogue. Writes app/experiment/thumbnails.json; run it when a method is new or its first
 * figure changed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(fileURLToPath(new URL('.', import.meta.url)), '..');
const target = join(root, 'app/experiment/thumbnails.json');
const [WIDTH, HEIGHT, POINTS, MOST] = [56, 32, 20, 3];

function lab(...args) {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'lab', '--', ...args, '--json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`lab ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

/** Its own figure, not one that all methods of a testbed share, where there is one with two curves or more. */
function choose(figures) {
  const charts = figures.filter(({ kind }) => kind === 'lines' || kind === 'spectrum');
  const many = charts.filter(({ series }) => series.length > 1);
  return many[0] ?? charts[0] ?? null;
}

function pathsOf(figure) {
  const log = (scale, value) => (scale === 'log' ? (value > 0 ? Math.log10(value) : Number.NaN) : value);
  const curves = figure.series.slice(0, 6).map(({ role, x, y, values }) => {
    const ys = (values ?? y).map((value) =>
      log(figure.kind === 'spectrum' ? 'log' : figure.y.scale, value ?? Number.NaN),
    );
    const xs = (x ?? ys.map((_, i) => i + 1)).map((value) => log(figure.x?.scale ?? 'linear', value));
    return { role, points: xs.map((at, i) => [at, ys[i]]).filter((point) => point.every(Number.isFinite)) };
  });
  const order = ['guide', 'bound', 'exact', 'baseline', 'method'];
  const shown = curves
    .filter(({ points }) => points.length > 1)
    .sort((a, b) => order.indexOf(b.role) - order.indexOf(a.role))
    .slice(0, MOST)
    .reverse();
  const all = shown.flatMap(({ points }) => points);
  const [xs, ys] = [0, 1].map((axis) => all.map((point) => point[axis]));
  const place = (value, values, size) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return high > low ? ((value - low) / (high - low)) * (size - 4) + 2 : size / 2;
  };
  return shown.map(({ role, points }) => {
    const step = Math.max(1, Math.ceil(points.length / POINTS));
    const kept = points.filter((_, i) => i % step === 0 || i === points.length - 1);
    const at = ([x, y]) => `${place(x, xs, WIDTH).toFixed(0)} ${(HEIGHT - place(y, ys, HEIGHT)).toFixed(0)}`;
    return { role, d: `M${kept.map(at).join('L')}` };
  });
}

const only = process.argv.slice(2);
const before = (() => {
  try {
    return JSON.parse(readFileSync(target, 'utf8'));
  } catch {
    return {};
  }
})();
const out = {};
for (const { id } of lab('list')) {
  if (only.length > 0 && !only.includes(id) && before[id]) {
    out[id] = before[id];
    continue;
  }
  const { figures } = lab('run', id, '--quick', '--home', 'cpu');
  const figure = choose(figures);
  if (figure) out[id] = pathsOf(figure);
  console.log(`${id}: ${figure ? figure.title : 'no chart'}`);
}
writeFileSync(target, `${JSON.stringify(out, null, 2)}\n`);
