/**
 * The worker's entry, and nothing but a door. The methods are chunks that share code with the session; were that code
 * in the entry, they would import from it, and WebKit evaluates the entry of a worker anew when that happens: every
 * class would be there twice. Behind a dynamic import the bundler keeps it in a chunk. What is said before it has come
 * is kept.
 */
import type { ToWorker } from './protocol';

const early: ToWorker[] = [];
self.onmessage = ({ data }: MessageEvent<ToWorker>) => early.push(data);

import('./workersession')
  .then(({ session }) => {
    self.onmessage = ({ data }: MessageEvent<ToWorker>) => session.handle(data);
    for (const message of early) session.handle(message);
  })
  .catch(reportError);
