/** Mounts the page: store, session, address bar and theme meet here. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ExperimentClient } from './experiment/client';
import { openLink } from './experiment/links';
import './ui/tokens.css';
import './ui/base.css';
import { PageContext } from './ui/context';
import { createHistory } from './ui/history/history';
import { createMachines } from './ui/machine';
import { Page } from './ui/page';
import { routeOf } from './ui/routes';
import { createSession, type Place } from './ui/session';
import { createPageStore } from './ui/store';
import { applyTheme, nextTheme, onSystemTheme, storedTheme } from './ui/theme';

const place: Place = {
  read: () => location.hash,
  // Replaced unless it is a step of its own: a slider that moves would fill the history.
  write: (link, enter = false) => {
    if (enter) history.pushState(null, '', link);
    else history.replaceState(null, '', link);
  },
};
const sampleUrl = new URL('sample.png', document.baseURI).href;

applyTheme(storedTheme());
void start();

async function start(): Promise<void> {
  const client = new ExperimentClient();
  const route = routeOf(location.hash);
  const opened = await openLink(route ? '' : location.hash);
  const store = createPageStore(opened.state, opened.problems, storedTheme(), route);
  const history = createHistory();
  const machines = createMachines();
  const session = createSession(store, client, place, sampleUrl, {
    onResult: (link, result) => {
      history.add(link, result);
      keepOffline();
    },
    machines,
  });

  const showTheme = () => applyTheme(store.getState().theme);
  const changeTheme = () => {
    store.setState((state) => ({ theme: nextTheme(state.theme) }));
    showTheme();
  };
  onSystemTheme(showTheme);
  addEventListener('hashchange', () => void session.follow());

  const root = document.getElementById('page');
  if (!root) throw new Error('index.html has no element with the id "page"');
  createRoot(root).render(
    <StrictMode>
      <PageContext value={{ store, session, client, history, machines, sampleUrl }}>
        <Page onTheme={changeTheme} />
      </PageContext>
    </StrictMode>,
  );
  void session.start();
}

/** Once something has been shown: keeps the page for when there is no network. The development server has no worker. */
function keepOffline(): void {
  if (import.meta.env.DEV || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('./sw.js').catch(() => undefined); // refused in private windows: it works online
}
