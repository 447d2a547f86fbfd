/**
 * The data that a person looks at: the testbed's own, the shipped picture, a file, an address. Files stay in
 * memory and on this machine; a link names them by content, so whoever opens one is asked for their copy.
 */
import { parseUrl } from '../experiment/dataref';
import type { LinkState } from '../experiment/links';
import type { DataSource, DataSummary } from '../experiment/protocol';
import { findMethod } from '../experiment/registry';
import type { Client } from './session';
import type { DataState, Store } from './store';

export interface DataDesk {
  useTestbed(): void;
  useSample(): void;
  /** Takes a file that was dropped, picked or pasted. */
  useFile(file: File): Promise<void>;
  useUrl(text: string): Promise<void>;
  chooseTensor(name: string): Promise<void>;
  setColour(colour: boolean): Promise<void>;
  /** Loads what the link names, unless it is what was loaded for `before`. */
  follow(before: LinkState | null): Promise<void>;
}

interface Wiring {
  sampleUrl: string;
  setLink: (part: Partial<LinkState>) => void;
  stop: () => void;
  runNow: () => void;
}

export function createDataDesk(store: Store, client: Pick<Client, 'loadData'>, wiring: Wiring): DataDesk {
  /** Files given in this visit, by hash. */
  const files = new Map<string, File>();
  let latest = 0;

  const set = (data: DataState) => {
    // Numbers of other data must not stand beside a question for this one.
    const unread = data.status === 'missing' || data.status === 'choose' || data.status === 'failed';
    store.setState(unread ? { data, result: null, partial: null, preview: null } : { data });
  };
  const link = () => store.getState().link;
  const problem = (text: string) => store.setState({ problems: [...store.getState().problems, text] });

  /** Loads into the store; null where that failed or something newer was asked for meanwhile. */
  const load = async (source: DataSource, name: string, tensor?: string, colour = link().colour) => {
    const mine = ++latest;
    wiring.stop();
    store.setState({
      data: { status: 'loading', name },
      run: { status: 'idle' },
      preview: null,
      partial: null,
    });
    try {
      const summary = await client.loadData(source, { tensor, colour });
      if (mine !== latest) return null;
      set({ status: summary.key === null ? 'choose' : 'ready', summary });
      return summary;
    } catch (error) {
      if (mine === latest)
        set({ status: 'failed', message: error instanceof Error ? error.message : String(error) });
      return null;
    }
  };

  const taken = (): boolean => {
    const method = findMethod(link().method);
    if (method.accepts.length > 0) return true;
    problem(`${method.title} makes its own data and takes no file: choose another method first.`);
    return false;
  };

  const useFile = async (file: File) => {
    if (!taken()) return;
    const { data: wanted } = store.getState();
    const tensor = wanted.status === 'missing' ? link().tensor : undefined;
    const summary = await load({ kind: 'file', file }, file.name, tensor);
    if (!summary) return;
    files.set(summary.hash, file);
    if (wanted.status === 'missing' && wanted.hash !== summary.hash) {
      problem(
        `"${file.name}" is not the file of the link (its content differs), so results will differ too.`,
      );
    }
    wiring.setLink({ data: { kind: 'file', name: file.name, hash: summary.hash }, tensor });
    if (summary.key !== null) wiring.runNow();
  };

  /** Loads again what the link names, with its tensor and colour. */
  const reload = async (): Promise<DataSummary | null> => {
    const { data, tensor, colour } = link();
    switch (data.kind) {
      case 'testbed':
        latest++;
        set({ status: 'none' });
        return null;
      case 'sample':
        return load({ kind: 'sample', url: wiring.sampleUrl }, 'the sample picture', undefined, colour);
      case 'url':
        return load({ kind: 'url', url: data.url }, data.url, tensor, colour);
      case 'file': {
        const file = files.get(data.hash);
        if (file) return load({ kind: 'file', file }, data.name, tensor, colour);
        latest++;
        set({ status: 'missing', name: data.name, hash: data.hash });
        return null;
      }
    }
  };

  const use = async (part: Partial<LinkState>) => {
    wiring.stop();
    wiring.setLink(part);
    await reload();
    wiring.runNow();
  };

  return {
    useTestbed: () => void use({ data: { kind: 'testbed' }, tensor: undefined }),
    useSample: () => void use({ data: { kind: 'sample' }, tensor: undefined }),
    useFile,
    async useUrl(text) {
      const url = parseUrl(text.trim());
      if (!url) return problem(`"${text.slice(0, 80)}" is no https address: it must begin with https://`);
      if (taken()) await use({ data: { kind: 'url', url }, tensor: undefined });
    },
    chooseTensor: (tensor) => use({ tensor }),
    setColour: (colour) => use({ colour }),
    async follow(before) {
      const { data, tensor, colour } = link();
      const same =
        before !== null &&
        JSON.stringify([before.data, before.tensor, before.colour]) ===
          JSON.stringify([data, tensor, colour]);
      if (!same) await reload();
    },
  };
}
