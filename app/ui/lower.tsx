/** The folds below the figures. What is dear to make is made when its fold is first opened. */
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { Method } from '../methods/method';
import { usePage } from './context';
import { Checks, checksText, Fold, MetricsTable } from './panels';
import panels from './panels.module.css';
import type { View } from './view';

const Algorithm = lazy(() => import('./algorithm/panel').then((module) => ({ default: module.Algorithm })));
const Mathematics = lazy(() => import('./mathematics').then((module) => ({ default: module.Mathematics })));
const Shaders = lazy(() => import('./shaders').then((module) => ({ default: module.Shaders })));

const Timings = lazy(() => import('./timings').then((module) => ({ default: module.Timings })));
const Truth = lazy(() => import('./truth').then((module) => ({ default: module.Truth })));
const Takeaway = lazy(() => import('./share/takeaway').then((module) => ({ default: module.Takeaway })));
const Factors = lazy(() => import('./share/factors').then((module) => ({ default: module.Factors })));
const Runs = lazy(() => import('./history/runs').then((module) => ({ default: module.Runs })));

export function Lower({ method, view }: { method: Method; view: View }) {
  const result = usePage((state) => state.result);
  return (
    <>
      <Fold title="Checks" aside={result ? checksText(result.claims) : undefined} open>
        <Checks method={method} result={result} />
      </Fold>
      {method.steps && (
        <LazyFold key={`${method.id} algorithm`} title="How it works, step by step">
          <Algorithm method={method} />
        </LazyFold>
      )}
      <Fold title="All metrics">
        <MetricsTable method={method} view={view} result={result} />
      </Fold>
      <LazyFold key={`${method.id} truth`} title="Truth: float64 beside float32">
        <Truth method={method} result={result} />
      </LazyFold>
      <LazyFold title="Timings">
        <Timings result={result} />
      </LazyFold>
      <LazyFold key={`${method.id} mathematics`} title="Mathematics">
        <Mathematics method={method} />
      </LazyFold>
      <LazyFold key={`${method.id} shaders`} title="Shaders">
        <Shaders method={method} />
      </LazyFold>
      <LazyFold key={`${method.id} takeaway`} title="Take it away">
        <Takeaway method={method} />
      </LazyFold>
      {method.factors !== undefined && (
        <LazyFold key={`${method.id} factors`} title="Factors and their precision">
          <Factors method={method} />
        </LazyFold>
      )}
      <LazyFold title="Runs in this browser">
        <Runs />
      </LazyFold>
    </>
  );
}

function LazyFold({ title, children }: { title: string; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <details className={panels.fold} onToggle={(event) => event.currentTarget.open && setOpened(true)}>
      <summary>{title}</summary>
      <div className={panels.body}>{opened && <Suspense fallback="Loading …">{children}</Suspense>}</div>
    </details>
  );
}
