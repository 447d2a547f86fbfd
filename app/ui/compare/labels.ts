/** What tells the runs of a comparison apart. */
import type { LinkState } from '../../experiment/links';
import type { Method } from '../../methods/method';

export interface Difference {
  key: string;
  label: string;
  /** One value a run; null where its method has no such parameter. */
  values: readonly (string | null)[];
}

/** The parameters (and data, and home) in which the runs differ. */
export function differences(states: readonly LinkState[], methods: readonly Method[]): Difference[] {
  const keys = [...new Set(methods.flatMap((method) => Object.keys(method.parameters)))];
  const shown = (value: unknown) => (value === undefined ? null : String(value));
  const rows: Difference[] = keys.map((key) => ({
    key,
    label: methods.find((method) => Object.hasOwn(method.parameters, key))?.parameters[key].label ?? key,
    values: states.map(({ values }) => shown(values[key])),
  }));
  rows.push(
    { key: 'data', label: 'Data', values: states.map(({ data }) => dataName(data)) },
    { key: 'home', label: 'Computes on', values: states.map(({ home }) => home) },
  );
  return rows.filter(({ values }) => new Set(values).size > 1);
}

const dataName = (data: LinkState['data']): string => (data.kind === 'file' ? data.name : data.kind);

/** Short names: the method where they differ in it, else (and besides) what differs within the method. */
export function labelsOf(states: readonly LinkState[], methods: readonly Method[]): string[] {
  const rows = differences(states, methods);
  const several = new Set(states.map(({ method }) => method)).size > 1;
  const labels = states.map((state, i) => {
    const own = rows.filter(({ key }) => {
      const among = states.filter(({ method }) => method === state.method);
      return among.some(({ values }) => values[key] !== state.values[key]);
    });
    const settings = own.map(({ key, values }) => `${key} ${values[i] ?? '–'}`).slice(0, 3);
    return [several || settings.length === 0 ? methods[i].title : '', ...settings]
      .filter((one) => one !== '')
      .join(', ');
  });
  return labels.map((label, i) => (labels.indexOf(label) === i ? label : `${label} (${i + 1})`));
}
