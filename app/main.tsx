/** Mounts the page: store, session, address bar and theme meet here. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ExperimentClient } from './experiment/client';
import { decodeLink } from './experiment/links';
import './ui/tokens.css';
import './ui/base.css';
import { PageContext } from './ui/context';
import { Page } from './ui/page';
import { createSession } from './ui/session';
import { createPageStore } from './ui/store';
import { applyTheme, nextTheme, onSystemTheme, storedTheme } from './ui/theme';

const opened = decodeLink(location.hash);
const store = createPageStore(opened.state, opened.problems, storedTheme());
const place = {
  read: () => location.hash,
  // Replaced, not pushed: a slider that moves would fill the history.
  write: (link: string) => history.replaceState(null, '', link),
};
const sampleUrl = new URL('sample.png', document.baseURI).href;
const session = createSession(store, new ExperimentClient(), place, sampleUrl);

const showTheme = () => applyTheme(store.getState().theme);
const changeTheme = () => {
  store.setState((state) => ({ theme: nextTheme(state.theme) }));
  showTheme();
};

showTheme();
onSystemTheme(showTheme);
addEventListener('hashchange', session.follow);

const root = document.getElementById('page');
if (!root) throw new Error('index.html has no element with the id "page"');
createRoot(root).render(
  <StrictMode>
    <PageContext value={{ store, session }}>
      <Page onTheme={changeTheme} />
    </PageContext>
  </StrictMode>,
);
void session.start();
