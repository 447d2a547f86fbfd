/** Runs a link without showing it on the workbench: what comparisons and sweeps are made of. */
import type { LinkState } from '../experiment/links';
import type { Progress, RunResult } from '../experiment/protocol';
import { UserError } from '../math/errors';
import type { PageParts } from './context';

/**
 * The result of this link.
 * @throws UserError where its data is on another machine, CancelledError once `signal` aborts, or what the run throws.
 */
export async function compute(
  { client, sampleUrl }: Pick<PageParts, 'client' | 'sampleUrl'>,
  state: LinkState,
  options: {
    onProgress?: (progress: Progress) => void;
    signal?: AbortSignal;
    /** On a home of its own, which finds nothing in a cache: where its time is compared with others'. */
    fresh?: boolean;
  } = {},
): Promise<RunResult> {
  const data = await dataKey({ client, sampleUrl }, state);
  const { method, values, home } = state;
  const edits = options.fresh ? {} : undefined;
  const run = client.run({ method, values, home, data, edits }, { onProgress: options.onProgress });
  const stop = () => run.cancel();
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  return run.result.finally(() => options.signal?.removeEventListener('abort', stop));
}

async function dataKey(
  { client, sampleUrl }: Pick<PageParts, 'client' | 'sampleUrl'>,
  { data, tensor, colour }: LinkState,
): Promise<string | null> {
  switch (data.kind) {
    case 'testbed':
      return null;
    case 'file':
      throw new UserError(
        `"${data.name}" is a file that stayed where the run was made: restore that run and open your copy first`,
      );
    default: {
      const source =
        data.kind === 'sample'
          ? ({ kind: 'sample', url: sampleUrl } as const)
          : ({ kind: 'url', url: data.url } as const);
      const { key } = await client.loadData(source, { tensor, colour });
      if (key === null)
        throw new UserError('the link names no tensor of its file: choose one on its own page first');
      return key;
    }
  }
}
