/** What stands round every page: the bar, its dialogs and the keys; below it the workbench or another page. */
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { pageActions } from './actions';
import { Catalogue } from './catalogue';
import { usePage, useParts, useSession } from './context';
import { AdapterDialog, HelpDialog, Modal, ShareDialog } from './dialogs';
import { searchMethods, useFileGestures, useShortcuts } from './gestures';
import styles from './page.module.css';
import { PAGES } from './routes';
import { TopBar } from './topbar';

const Palette = lazy(() => import('./palette/palette'));

/** A button, not a link: the hash is the state of the page, so an inner link must not change it. */
const skip = () => document.getElementById('figures')?.focus();

export function Shell({ onTheme, children }: { onTheme: () => void; children: ReactNode }) {
  const session = useSession();
  const current = usePage((state) => state.link.method);
  const catalogue = useRef<HTMLDialogElement>(null);
  const adapter = useRef<HTMLDialogElement>(null);
  const share = useRef<HTMLDialogElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  const [palette, setPalette] = useState(false);
  const parts = useParts();
  const actions = useMemo(
    () =>
      pageActions(parts, {
        openPalette: () => setPalette(true),
        searchMethods: () => searchMethods(catalogue),
        showAdapter: () => adapter.current?.showModal(),
        share: () => share.current?.showModal(),
        help: () => help.current?.showModal(),
        changeTheme: onTheme,
      }),
    [parts, onTheme],
  );
  useShortcuts(actions);
  const dragging = useFileGestures();
  const choose = (id: string) => {
    catalogue.current?.close();
    void session.choose(id);
    scrollTo({ top: 0 });
  };
  return (
    <>
      <button type="button" className={styles.skip} onClick={skip}>
        Skip to the figures
      </button>
      <TopBar
        catalogue={catalogue}
        adapter={adapter}
        share={share}
        help={help}
        onPalette={() => setPalette(true)}
        onTheme={onTheme}
      />
      {children}
      <Modal dialog={catalogue} title="Methods">
        <Catalogue current={current} onChoose={choose} />
      </Modal>
      <AdapterDialog dialog={adapter} />
      <ShareDialog dialog={share} />
      <HelpDialog dialog={help} actions={actions} />
      {palette && (
        <Suspense>
          <Palette actions={actions} onClose={() => setPalette(false)} />
        </Suspense>
      )}
      {dragging && <div className={styles.drop}>Drop the file: it stays on this machine</div>}
    </>
  );
}

const contents = Object.fromEntries(Object.entries(PAGES).map(([name, { load }]) => [name, lazy(load)]));

/** A page beside the workbench, loaded when it is first opened. */
export function OtherPage({ name, query }: { name: string; query: string }) {
  const Content = contents[name];
  const { title } = PAGES[name];
  useEffect(() => {
    document.title = `${title} · Rankscope`;
  }, [title]);
  return (
    <main className={styles.other} id="figures" tabIndex={-1}>
      <h1>{title}</h1>
      <Suspense fallback={<p>Loading …</p>}>
        <Content query={query} />
      </Suspense>
    </main>
  );
}
