import { expect, test } from 'vitest';
import { Cache } from '../../experiment/cache';
import { runExperiment } from '../../experiment/runner';
import { quickValues } from '../../experiment/values';
import { homes } from '../../gpu/testing';
import rsvd from './rsvd';

/** The settings that the claims speak of, over the quick sizes. */
const settings = [...new Set(rsvd.claims.map(({ at }) => JSON.stringify(at ?? {})))];

test.each(settings)(
  'what must hold at %s holds on the GPU at quick size',
  { timeout: 300_000 },
  async (text) => {
    const at = JSON.parse(text);
    const { gpu } = await homes({ poison: false });
    const cache = new Cache(gpu);
    const values = { ...quickValues(rsvd), ...at };
    const result = await runExperiment({
      method: rsvd,
      values,
      home: gpu,
      data: null,
      dataKey: 'testbed',
      cache,
    });
    const applying = rsvd.claims.filter(
      (claim) => JSON.stringify(claim.at ?? {}) === text && !claim.fullSizeOnly,
    );
    const failed = result.claims.filter(
      ({ text: says, holds }) => !holds && applying.some((claim) => claim.text === says),
    );
    expect(failed).toEqual([]);
    expect(result.claims.length).toBeGreaterThan(0);
  },
);
