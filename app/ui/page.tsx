/** The page: catalogue, figures, controls. With `embed` only the figures that the link names. */
import { lazy, Suspense, useEffect } from 'react';
import { encodeLink } from '../experiment/links';
import { findMethod } from '../experiment/registry';
import type { Method } from '../methods/method';
import { Catalogue } from './catalogue';
import { usePage, useSession } from './context';
import { Budget, Controls, Presets } from './controls';
import { DataPanel } from './datapanel';
import { Hint } from './firstminute';
import { isLesson } from './lesson';
import { Lower } from './lower';
import styles from './page.module.css';
import { Cited, Dock, Problems, shapeOf } from './pieces';
import { Figures, Headline, PinRun, RunStatus } from './results';
import { Shapes } from './shapes';
import { SentFigures } from './share/sent';
import { OtherPage, Shell } from './shell';
import { TryNext } from './trynext';
import { viewOf } from './view';

const EditFromLink = lazy(() =>
  import('./shaderlab/consent').then((module) => ({ default: module.EditFromLink })),
);

export function Page({ onTheme }: { onTheme: () => void }) {
  const state = usePage((whole) => whole);
  const method = findMethod(state.link.method);
  const view = viewOf(state);
  const { route } = state;
  useEffect(() => {
    if (!route) document.title = `${method.title} · Rankscope`;
  }, [method, route]);
  if (route) {
    return (
      <Shell onTheme={onTheme}>
        <OtherPage {...route} />
      </Shell>
    );
  }
  if (state.link.embed) {
    return (
      <main className={styles.embed}>
        <h1 className="hidden-visually">{method.title}</h1>
        <RunStatus method={method} />
        <Figures method={method} view={view} />
        <a
          href={location.href.replace(/&?embed=1/, '').replace(/&?show=[^&]*/, '')}
          target="_blank"
          rel="noreferrer"
        >
          {method.title} in Rankscope
        </a>
      </main>
    );
  }
  return (
    <Shell onTheme={onTheme}>
      <Workbench method={method} view={view} />
    </Shell>
  );
}

function Workbench({ method, view }: { method: Method; view: ReturnType<typeof viewOf> }) {
  const session = useSession();
  const link = usePage((state) => state.link);
  const data = usePage((state) => state.data);
  const choose = (id: string) => {
    void session.choose(id);
    scrollTo({ top: 0 });
  };
  return (
    <>
      <div className={styles.columns}>
        <aside className={styles.left} aria-label="Catalogue">
          <Catalogue current={method.id} onChoose={choose} />
        </aside>
        <main className={styles.middle} id="figures" tabIndex={-1}>
          <Problems />
          {link.wgsl !== undefined && (
            <Suspense>
              <EditFromLink key={link.wgsl} method={method} packed={link.wgsl} />
            </Suspense>
          )}
          <header className={styles.title}>
            <h1>{method.title}</h1>
            <p>
              {method.summary} <Cited method={method} />
            </p>
          </header>
          <div className={styles.numbers}>
            <Headline method={method} view={view} />
            <RunStatus method={method} />
            <PinRun />
          </div>
          {link.sent && <SentFigures method={method} view={view} sent={link.sent} />}
          <Hint spot="figures" method={method} />
          <Figures method={method} view={view} />
          {view.notes.length > 0 && (
            <ul className={styles.notes} aria-label="Notes">
              {view.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
          <TryNext method={method} />
        </main>
        <aside className={styles.right} aria-label="Settings">
          <Hint spot="controls" method={method} />
          <Controls
            method={method}
            values={link.values}
            ownData={link.data.kind !== 'testbed'}
            onChange={session.change}
            onReset={session.reset}
            sweep={`#/sweep?run=${encodeURIComponent(encodeLink(link).slice(2))}`}
          />
          <Budget method={method} values={link.values} shape={shapeOf(link.values, data)} />
          <Shapes method={method} values={link.values} shape={shapeOf(link.values, data)} />
          {!isLesson(link) && (
            <Presets
              method={method}
              values={link.values}
              data={link.data.kind}
              onApply={session.applyPreset}
            />
          )}
          <DataPanel method={method} />
        </aside>
        <section className={styles.lower} aria-label="Details">
          <Lower method={method} view={view} />
        </section>
      </div>
      <Dock method={method}>
        <Hint spot="dock" method={method} />
      </Dock>
    </>
  );
}
