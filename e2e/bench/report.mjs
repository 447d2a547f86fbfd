/** The report of `npm run bench` as a Markdown table. */

const LABELS = { rankscope: 'Rankscope', naive: 'naive WGSL', tfjs: 'TensorFlow.js', ort: 'ONNX Runtime' };
const label = (name) => LABELS[name] ?? name;

const short = (x) =>
  x >= 100 ? x.toFixed(0) : x >= 0.01 ? Number(x.toPrecision(2)).toString() : x.toExponential(1);

/** The fastest right answer among the other GPU libraries, by best time; the CPU's where none of them has one. */
export function bestPeer(rows) {
  const timed = rows.filter(
    ({ name, bestMs }) => name !== 'rankscope' && name !== 'naive' && bestMs !== null,
  );
  const onGpu = timed.filter(({ name }) => name !== 'ml-matrix');
  return (onGpu.length > 0 ? onGpu : timed).sort((a, b) => a.bestMs - b.bestMs)[0] ?? null;
}

/** Our attention to 32 segment means beside our exact attention. */
function against(results) {
  const best = (id) =>
    results.find((result) => result.id === id)?.rows.find(({ name }) => name === 'rankscope')?.bestMs;
  const lines = [1024, 4096].flatMap((n) => {
    const [exact, low] = [best(`attention ${n}x64`), best(`low-rank attention ${n}x64 rank 32`)];
    return exact && low
      ? [`Low-rank attention at n = ${n}: ${short(exact / low)} times our exact attention.`]
      : [];
  });
  return lines.length > 0 ? ['', ...lines] : [];
}

export function markdown({ adapter, rounds, results }) {
  const names = [...new Set(results.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const others = names.filter((name) => name !== 'rankscope');
  const head = [
    'operation',
    'Rankscope, ms',
    ...others.map((name) => `x ${label(name)}`),
    'best peer',
    'x best peer',
    'error',
    'bound',
    'first, ms',
    'longest task, ms',
  ];
  const lines = results.map(({ id, rows }) => {
    const own = rows.find(({ name }) => name === 'rankscope');
    const cell = (name) => {
      const row = rows.find((other) => other.name === name);
      if (!row) return '';
      if (row.note !== '' || row.bestMs === null)
        return row.note.startsWith('no answer') ? 'no answer' : row.note;
      if (!own || own.bestMs === null) return `${short(row.bestMs)} ms`;
      return `${short(row.medianMs / own.medianMs)} / ${short(row.bestMs / own.bestMs)}`;
    };
    const peer = bestPeer(rows);
    return [
      id,
      own?.bestMs ? short(own.bestMs) : (own?.note ?? ''),
      ...others.map(cell),
      peer ? label(peer.name) : '',
      peer && own?.bestMs ? short(peer.bestMs / own.bestMs) : '',
      own?.verdict ? own.verdict.error.toExponential(1) : '',
      own?.verdict ? own.verdict.bound.toExponential(1) : '',
      own?.firstMs ? short(own.firstMs) : '',
      own ? short(own.longestTaskMs ?? 0) : '',
    ];
  });
  const row = (cells) => `| ${cells.join(' | ')} |`;
  return [
    `${adapter.description || `${adapter.vendor} ${adapter.architecture}`}${adapter.isFallback ? ' (software)' : ''}, ${rounds} alternating rounds.`,
    '',
    'Speed of Rankscope relative to each: median over medians / best over best; above 1 is faster. "wrong" is an answer off by more than 1 %.',
    '',
    row(head),
    row(head.map((_, i) => (i === 0 ? '---' : '---:'))),
    ...lines.map(row),
    ...against(results),
  ].join('\n');
}
