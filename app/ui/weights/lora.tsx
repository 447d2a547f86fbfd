/** LoRA pairs cut to a smaller rank, and saved. */
import { type FormEvent, useId, useState } from 'react';
import type { FileSummary } from '../../experiment/weights/protocol';
import { formatNumber } from '../../math/format';
import { download } from '../download';
import type { Weights } from './opened';
import styles from './weights.module.css';

export function Lora({ weights, summary }: { weights: Weights; summary: FileSummary }) {
  const id = useId();
  const largest = Math.max(...summary.pairs.map(({ rank }) => rank));
  const [by, setBy] = useState<'rank' | 'energy'>('energy');
  const [rank, setRank] = useState(String(Math.max(1, largest >> 1)));
  const [energy, setEnergy] = useState('99');
  const [wrong, setWrong] = useState('');
  const { resized, progress } = weights;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const value = Number(by === 'rank' ? rank : energy);
    const fits =
      by === 'rank' ? Number.isInteger(value) && value >= 1 && value <= largest : value > 0 && value <= 100;
    if (!fits) {
      setWrong(by === 'rank' ? `choose a rank from 1 to ${largest}` : 'choose a share from 0 to 100 %');
      return;
    }
    setWrong('');
    weights.resize(by === 'rank' ? { rank: value } : { energy: value / 100 });
  };
  const save = () => {
    if (!resized) return;
    const name = summary.name.replace(/\.safetensors$/i, '');
    download(`${name}.resized.safetensors`, new Blob([resized.bytes], { type: 'application/octet-stream' }));
  };
  return (
    <section className={styles.lora} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Resize the LoRA</h2>
      <p>
        Each change B A is cut to its best approximation of a smaller rank, from the factors alone: the large
        matrix is never formed.
      </p>
      <form onSubmit={submit} className={styles.controls}>
        <label>
          By
          <select value={by} onChange={({ target }) => setBy(target.value === 'rank' ? 'rank' : 'energy')}>
            <option value="energy">energy that is kept</option>
            <option value="rank">one rank for all</option>
          </select>
        </label>
        {by === 'rank' ? (
          <label>
            Rank, up to {largest}
            <input inputMode="numeric" value={rank} onChange={({ target }) => setRank(target.value)} />
          </label>
        ) : (
          <label>
            Energy, %
            <input inputMode="decimal" value={energy} onChange={({ target }) => setEnergy(target.value)} />
          </label>
        )}
        <button type="submit" data-look="primary" disabled={progress !== null}>
          Resize
        </button>
      </form>
      {wrong && (
        <p className={styles.bad} role="alert">
          {wrong}
        </p>
      )}
      {resized && (
        <div className={styles.resized}>
          <p>
            Ranks {range(resized.kept.map((pair) => pair.rank))} in place of{' '}
            {range(resized.kept.map((pair) => pair.from))}; energy kept{' '}
            {formatNumber(100 * Math.min(...resized.kept.map((pair) => pair.energy)), 4)} % in the worst
            layer.
          </p>
          <button type="button" onClick={save}>
            Save as .safetensors ({megabytes(resized.bytes.length)})
          </button>
          {summary.pairs.every(({ alpha }) => !alpha) && (
            <p className={styles.note}>
              PEFT scales by lora_alpha / r: in adapter_config.json set r to the new rank and multiply
              lora_alpha by new over old rank
              {by === 'energy'
                ? ' (ranks differ from layer to layer: use rank_pattern and alpha_pattern)'
                : ''}
              , so that the change stays the same.
            </p>
          )}
        </div>
      )}
    </section>
  );
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
