import { describe, expect, test } from 'vitest';
import type { ImageDecoder } from '../data/source';
import { ExperimentClient, type WorkerLike } from './client';
import { DataMissingError, type FromWorker, type RunResult, type ToWorker, toPlainError } from './protocol';
import { Session } from './session';

const noPictures: ImageDecoder = async () => {
  throw new Error('no pictures here');
};

const request = { method: 'toy', values: {}, home: 'cpu', data: null } as const;

const result: RunResult = {
  method: 'toy',
  values: {},
  adapter: 'CPU',
  home: 'cpu',
  metrics: {},
  reasons: {},
  figures: [],
  notes: [],
  claims: [],
  timings: [],
  wallMs: 1,
};

/** A worker that answers as the test says. */
class ScriptedWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  isTerminated = false;
  readonly received: ToWorker[] = [];

  constructor(private readonly script: (message: ToWorker, answer: (message: FromWorker) => void) => void) {}

  postMessage(message: ToWorker): void {
    this.received.push(message);
    const answer = (data: FromWorker) =>
      queueMicrotask(() => {
        if (!this.isTerminated) this.onmessage?.(new MessageEvent('message', { data }));
      });
    this.script(message, answer);
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

function scripted(script: ConstructorParameters<typeof ScriptedWorker>[0]) {
  const workers: ScriptedWorker[] = [];
  const client = new ExperimentClient(() => {
    const worker = new ScriptedWorker(script);
    workers.push(worker);
    return worker;
  });
  return { client, workers };
}

describe('the client', () => {
  test('rejects a cancelled run at once and replaces a worker that does not hear it', async () => {
    const { client, workers } = scripted((message, answer) => {
      if (message.type === 'open') {
        answer({
          type: 'answer',
          id: message.id,
          value: { home: 'cpu', label: '', adapter: null, reason: null },
        });
      }
    });
    const run = client.run(request);
    const began = performance.now();
    run.cancel();
    await expect(run.result).rejects.toMatchObject({ name: 'CancelledError' });
    expect(performance.now() - began).toBeLessThan(100);
    expect(workers[0].isTerminated).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 260));
    expect(workers[0].isTerminated).toBe(true);
    await client.open();
    expect(workers).toHaveLength(2);
  });

  test('keeps a worker that hears the cancel and ends the run', async () => {
    const { client, workers } = scripted((message, answer) => {
      if (message.type !== 'cancel') return;
      answer({ type: 'cancelling', id: message.id });
      answer({ type: 'error', id: message.id, error: { name: 'CancelledError', message: '' } });
    });
    const run = client.run(request);
    run.cancel();
    await expect(run.result).rejects.toMatchObject({ name: 'CancelledError' });
    await new Promise((resolve) => setTimeout(resolve, 260));
    expect(workers[0].isTerminated).toBe(false);
  });

  test('sends what was waiting behind a run that had to be ended to the new worker', async () => {
    const { client, workers } = scripted((message, answer) => {
      if (message.type === 'run' && workers.length === 2)
        answer({ type: 'answer', id: message.id, value: result });
    });
    const first = client.run(request);
    const second = client.run(request);
    first.cancel();
    await expect(first.result).rejects.toMatchObject({ name: 'CancelledError' });
    expect(await second.result).toEqual(result);
    expect(workers[1].received.filter(({ type }) => type === 'run')).toHaveLength(1);
  });

  test('loads data again where the worker lost it', async () => {
    const lost = { has: false };
    const { client, workers } = scripted((message, answer) => {
      const { id } = message;
      if (message.type === 'load') {
        lost.has = true;
        const value = { key: 'k', name: 'a', rows: 1, cols: 1, colour: false, hash: '' };
        answer({ type: 'answer', id, value });
      } else if (message.type === 'run') {
        if (lost.has) answer({ type: 'answer', id, value: result });
        else answer({ type: 'error', id, error: toPlainError(new DataMissingError('k')) });
      }
    });
    await client.loadData({ kind: 'url', url: 'https://example.org/a.npy' });
    lost.has = false;
    expect(await client.run({ ...request, data: 'k' }).result).toEqual(result);
    expect(workers[0].received.map(({ type }) => type)).toEqual(['load', 'run', 'load', 'run']);
  });

  test('answers the latest of many previews, and the overtaken ones with null', async () => {
    let answered = 0;
    const { client } = scripted((message, answer) => {
      if (message.type !== 'preview') return;
      answered++;
      const rank = Number(message.request.values.rank);
      setTimeout(() => answer({ type: 'answer', id: message.id, value: { metrics: { rank } } }), 5);
    });
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((rank) => client.preview({ ...request, values: { rank } })),
    );
    expect(outcomes.map((outcome) => outcome?.metrics?.rank ?? null)).toEqual([1, null, null, 4]);
    expect(answered).toBe(2);
  });

  test('rejects everything when the worker cannot be started', async () => {
    const { client, workers } = scripted(() => {});
    const opened = client.open();
    workers[0].onerror?.(Object.assign(new Event('error'), { message: 'syntax' }) as ErrorEvent);
    await expect(opened).rejects.toThrow('syntax');
  });
});

describe('the session', () => {
  function session() {
    const posted: FromWorker[] = [];
    const refuse = async () => {
      throw Object.assign(new Error('no WebGPU'), { name: 'UserError' });
    };
    const made = new Session({ post: (m) => posted.push(m), decodeImage: noPictures, openDevice: refuse });
    const answer = async (id: number) => {
      for (;;) {
        const found = posted.find((m) => m.id === id && (m.type === 'answer' || m.type === 'error'));
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    return { session: made, answer };
  }

  test('opens on the CPU where there is no GPU, with the reason', async () => {
    const { session: s, answer } = session();
    s.handle({ type: 'open', id: 1 });
    expect(await answer(1)).toMatchObject({ value: { home: 'cpu', adapter: null, reason: 'no WebGPU' } });
  });

  test('reads a file, hashes it, and says when data is not loaded', async () => {
    const { session: s, answer } = session();
    // printf '1,2\\n3,4\\n' | sha256sum | cut -c1-16
    const file = new File(['1,2\n3,4\n'], 'a.csv');
    s.handle({ type: 'load', id: 1, source: { kind: 'file', file }, options: {} });
    expect(await answer(1)).toMatchObject({
      value: { name: 'a.csv', rows: 2, cols: 2, hash: '96bbd5de61f36b0e', key: '96bbd5de61f36b0e' },
    });
    s.handle({ type: 'run', id: 2, request: { method: 'rsvd', values: {}, home: 'cpu', data: 'unknown' } });
    expect(await answer(2)).toMatchObject({ error: { name: 'DataMissingError' } });
  });

  test('names an unknown method, and goes on', async () => {
    const { session: s, answer } = session();
    s.handle({ type: 'run', id: 1, request: { ...request, method: 'nothing' } });
    s.handle({ type: 'run', id: 2, request });
    s.handle({ type: 'cancel', id: 2 });
    expect(await answer(1)).toMatchObject({ error: { name: 'UserError' } });
    expect(await answer(2)).toMatchObject({ error: { name: 'CancelledError' } });
  });
});
