/** Name, the catalogue on small screens, what computes, share, theme, help. */
import { useState } from 'react';
import { keyText } from './actions';
import { usePage } from './context';
import type { DialogRef } from './dialogs';
import type { Theme } from './theme';
import styles from './topbar.module.css';

const THEME_LABELS: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' };

interface TopBarProps {
  catalogue: DialogRef;
  adapter: DialogRef;
  share: DialogRef;
  help: DialogRef;
  onPalette: () => void;
  onTheme: () => void;
}

export function TopBar({ catalogue, adapter, share, help, onPalette, onTheme }: TopBarProps) {
  const open = usePage((state) => state.open);
  const home = usePage((state) => state.link.home);
  const theme = usePage((state) => state.theme);
  const [start] = useState(() => `${location.pathname}#`);
  const slow = open !== null && (open.home === 'cpu' || open.adapter?.isFallback === true);
  const label = open === null ? 'Opening the GPU …' : home === 'cpu' ? 'CPU, float64' : open.label;
  return (
    <header className={styles.bar}>
      <button
        type="button"
        className={styles.menu}
        aria-label="Methods"
        onClick={() => catalogue.current?.showModal()}
      >
        <Bars />
        <span>Methods</span>
      </button>
      <a className={styles.name} href={start}>
        <Mark />
        Rankscope
      </a>
      <div className={styles.tools}>
        <button
          type="button"
          className={styles.adapter}
          data-slow={slow || undefined}
          aria-label={`Computes on: ${label}`}
          onClick={() => adapter.current?.showModal()}
        >
          <span className={styles.dot} />
          <span className={styles.adapterLabel}>{label}</span>
        </button>
        <button
          type="button"
          className={`${styles.tool} ${styles.palette}`}
          aria-label={`Command palette ${keyText('Mod+k')}`}
          title={`Command palette  ( ${keyText('Mod+k')} )`}
          onClick={onPalette}
        >
          <Lens />
          <span className={styles.word}>{keyText('Mod+k')}</span>
        </button>
        <a className={`button ${styles.tool} ${styles.compare}`} href="#/compare">
          <Compared />
          <span className={styles.word}>Compare</span>
        </a>
        <button type="button" className={styles.tool} onClick={() => share.current?.showModal()}>
          <Shared />
          <span className={styles.word}>Share</span>
        </button>
        <button
          type="button"
          className={styles.theme}
          onClick={onTheme}
          aria-label={`Theme: ${THEME_LABELS[theme]}. Change it`}
          title={`Theme: ${THEME_LABELS[theme]}`}
        >
          <Half />
        </button>
        <button type="button" aria-label="Help" title="Help  ( ? )" onClick={() => help.current?.showModal()}>
          ?
        </button>
      </div>
    </header>
  );
}

const Mark = () => (
  <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
    <path
      d="M2 3 C5 13 9 16 18 17"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      opacity="0.45"
    />
    <path
      d="M2 3 C3.6 8.3 5.5 11.6 8 13.6"
      fill="none"
      stroke="var(--accent)"
      strokeWidth="2.5"
      strokeLinecap="round"
    />
    <path d="M8 2 V18" stroke="var(--accent)" strokeWidth="1.5" strokeDasharray="2 2" />
  </svg>
);

const Bars = () => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" strokeWidth="1.5" />
  </svg>
);

const Lens = () => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path
      d="M10 10l4 4M11 6.5a4.5 4.5 0 1 1-9 0a4.5 4.5 0 0 1 9 0z"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
    />
  </svg>
);

const Compared = () => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path d="M2 3c3 8 6 9 12 10M2 3c1 3 4 5 12 6" fill="none" stroke="currentColor" strokeWidth="1.5" />
  </svg>
);

const Shared = () => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <path d="M8 10V2M5 5l3-3 3 3M3 8v6h10V8" fill="none" stroke="currentColor" strokeWidth="1.5" />
  </svg>
);

const Half = () => (
  <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
    <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="1.5" />
    <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
  </svg>
);
