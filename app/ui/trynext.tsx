/** Below the figures of a finished run: where the method fails, what it grew from and into, and all ranks at once. */
import { encodeLink } from '../experiment/links';
import { catalogue } from '../experiment/registry';
import type { Method } from '../methods/method';
import { usePage, useSession } from './context';
import { isShown } from './controls';
import styles from './firstminute.module.css';
import { isLesson } from './lesson';
import { firstLive } from './pieces';

const MOST_RELATED = 3;

/** Methods that this one grew from, then those that grew from it. */
export function relatedTo(method: Method): readonly { id: string; title: string; change: string }[] {
  const from = (method.lineage ?? []).flatMap((edge) =>
    catalogue
      .filter(({ id }) => id === edge.from)
      .map(({ id, title }) => ({ id, title, change: `before: this ${edge.change}` })),
  );
  const into = catalogue.flatMap(({ id, title, lineage }) =>
    (lineage ?? []).filter((edge) => edge.from === method.id).map(({ change }) => ({ id, title, change })),
  );
  return [...from, ...into].slice(0, MOST_RELATED);
}

export function TryNext({ method }: { method: Method }) {
  const session = useSession();
  const link = usePage((state) => state.link);
  const finished = usePage((state) => state.result !== null);
  if (!finished || isLesson(link)) return null;
  const index = method.presets.findIndex((preset) => preset.failure);
  const failing = method.presets[index];
  const related = relatedTo(method);
  const name = firstLive(method, link.values);
  return (
    <nav className={styles.next} aria-label="What to try next">
      <span>Try next:</span>
      {failing && !isShown(failing, method, link.values, link.data.kind) && (
        <button type="button" data-look="plain" onClick={() => session.applyPreset(index)}>
          where it fails: {failing.label}
        </button>
      )}
      {related.map(({ id, title, change }) => (
        <a key={id} href={`#/${id}`} title={change}>
          {title}
        </a>
      ))}
      <a href={`#/sweep?run=${encodeURIComponent(encodeLink(link).slice(2))}`}>
        {name === undefined ? 'A parameter' : method.parameters[name].label} over a range, several seeds
      </a>
    </nav>
  );
}
