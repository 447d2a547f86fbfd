/** `#/bench`: our operations on the visitor's device, as shares of what it was measured to do at best. */
import { type ChangeEvent, useMemo, useState } from 'react';
import { families } from '../../experiment/bench/catalogue';
import type { BenchRequest } from '../../experiment/bench/protocol';
import type { BenchReport } from '../../experiment/bench/report';
import { decodeReport, encodeReport, parseReport, type ReadReport } from '../../experiment/bench/share';
import type { VariantFamily } from '../../experiment/bench/variant';
import { VARIANT_FAMILIES } from '../../experiment/bench/variantlist';
import { toJson } from '../../experiment/report';
import { isUserError } from '../../math/errors';
import { formatRate } from '../../math/format';
import { download } from '../download';
import { FigurePanel } from '../figures/figure';
import { Variants } from '../variants/variants';
import styles from './bench.module.css';
import { growth, roofline } from './figures';
import { type Measuring, useMeasuring } from './measuring';
import { ResultTable } from './table';

const SETS: readonly (readonly [BenchRequest['set'], string])[] = [
  ['adapter', 'what suits this device'],
  ['standard', 'standard'],
  ['large', 'large, for a GPU'],
  ['sweep', 'series, for growth with size'],
];

/** A result read from elsewhere, or why it could not be. */
interface Read {
  report: BenchReport | null;
  problems: readonly string[];
}

const NOTHING: Read = { report: null, problems: [] };

function reading(read: () => ReadReport): Read {
  try {
    return read();
  } catch (error) {
    if (!isUserError(error)) throw error;
    return { report: null, problems: [error.message] };
  }
}

export default function BenchPage({ query }: { query: string }) {
  const measuring = useMeasuring();
  const fromLink = useMemo(() => (query === '' ? NOTHING : reading(() => decodeReport(query))), [query]);
  const [fromFile, setFromFile] = useState<Read | null>(null);
  const other = fromFile ?? fromLink;
  const own = measuring.report;
  const shown = own ?? other.report;
  return (
    <>
      <p className={styles.lead}>
        Every operation runs here, on this device. Its answer is compared with float64 before its time counts,
        and its speed is given as a share of a multiply-add and a copy kernel measured in the same minute.
      </p>
      <Controls measuring={measuring} onRead={setFromFile} />
      <Status measuring={measuring} />
      {other.problems.map((problem) => (
        <p key={problem} className={styles.bad} role="alert">
          {problem}
        </p>
      ))}
      {other.report && (
        <p className={styles.note}>
          {own ? 'Compared with' : 'Shown is'} a result from elsewhere: {other.report.label}.
        </p>
      )}
      {shown && <Result report={shown} other={own ? other.report : null} />}
      <AllVariants />
    </>
  );
}

/** Every operation that has several kernels, measured when it is asked for. */
function AllVariants() {
  return (
    <section className={styles.variants} aria-labelledby="variants">
      <h2 id="variants">Kernels side by side</h2>
      <p className={styles.lead}>
        An operation has several kernels, and takes one by adapter and shape. Here is what each does, what it
        reaches on this device, which is chosen here, and which a GPU would choose.
      </p>
      {VARIANT_FAMILIES.map((family) => (
        <VariantFold key={family.id} family={family} />
      ))}
    </section>
  );
}

function VariantFold({ family }: { family: VariantFamily }) {
  const [opened, setOpened] = useState(false);
  return (
    <details onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>
        {family.title}: {family.variants.map(({ name }) => name).join(', ')}
      </summary>
      {opened && <Variants family={family} />}
    </details>
  );
}

function Controls({ measuring, onRead }: { measuring: Measuring; onRead: (read: Read) => void }) {
  const [set, setSet] = useState<BenchRequest['set']>('adapter');
  const [only, setOnly] = useState('');
  const running = measuring.progress !== null;
  const open = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [file] = target.files ?? [];
    target.value = '';
    if (!file) return;
    if (file.size > 4e6) onRead({ report: null, problems: [`${file.name} is larger than any result.`] });
    else {
      const text = await file.text();
      onRead(reading(() => parseReport(text)));
    }
  };
  return (
    <div className={styles.controls}>
      <label>
        Sizes
        <select value={set} onChange={({ target }) => setSet(target.value as BenchRequest['set'])}>
          {SETS.map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        Operations
        <select value={only} onChange={({ target }) => setOnly(target.value)}>
          <option value="">all</option>
          {families.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {running ? (
        <button type="button" onClick={measuring.stop}>
          Stop
        </button>
      ) : (
        <button type="button" data-look="primary" onClick={() => measuring.start({ set, only, samples: 5 })}>
          Measure
        </button>
      )}
      <label className={styles.file}>
        Open a result
        <input type="file" accept="application/json,.json" onChange={(event) => void open(event)} />
      </label>
    </div>
  );
}

function Status({ measuring: { progress, error } }: { measuring: Measuring }) {
  return (
    <div className={styles.status} role="status">
      {progress && (
        <>
          <progress max={progress.of} value={progress.done} aria-label="Progress" />
          <span>
            {progress.done} of {progress.of}: {progress.what}
          </span>
        </>
      )}
      {error && <span className={styles.bad}>{error}</span>}
    </div>
  );
}

function Result({ report, other }: { report: BenchReport; other: BenchReport | null }) {
  const link = `${location.origin}${location.pathname}#/bench?${encodeReport(report)}`;
  const context = { link, settings: `Benchmark: ${report.label}` };
  const figures = useMemo(() => [roofline(report, other), ...growth(report)], [report, other]);
  return (
    <>
      <dl className={styles.peaks}>
        <div>
          <dt>Measured on</dt>
          <dd>{report.label}</dd>
        </div>
        <div>
          <dt>Multiply-adds at best</dt>
          <dd>{formatRate(report.peaks.gflops, 'FLOP/s')}</dd>
        </div>
        <div>
          <dt>Copies at best</dt>
          <dd>{formatRate(report.peaks.gbps, 'B/s')}</dd>
        </div>
      </dl>
      <h2 className="hidden-visually">Results</h2>
      <ResultTable report={report} other={other} />
      <Take report={report} link={link} />
      <h2 className="hidden-visually">Figures</h2>
      <div className={styles.figures}>
        {figures.map((figure) => (
          <FigurePanel key={figure.id} figure={figure} context={context} />
        ))}
      </div>
    </>
  );
}

/** Ways to take the result away. */
function Take({ report, link }: { report: BenchReport; link: string }) {
  const [state, setState] = useState('');
  const copy = () =>
    navigator.clipboard.writeText(link).then(
      () => setState('Copied.'),
      () => setState('The browser refused to copy: save the file instead.'),
    );
  const save = () => {
    download('rankscope-bench.json', new Blob([toJson(report)], { type: 'application/json' }));
  };
  return (
    <div className={styles.status}>
      <button type="button" onClick={copy}>
        Copy a link to this result
      </button>
      <button type="button" onClick={save}>
        Save as a file
      </button>
      <span role="status">{state}</span>
    </div>
  );
}
