import { expect, test } from 'vitest';
import { decodeLink } from '../../experiment/links';
import { loadMethods } from '../../experiment/registry';
import { failuresOf } from './failures';

test('every method shows where it fails, by a link that opens at exactly those settings', async () => {
  for (const method of await loadMethods()) {
    const failures = failuresOf(method);
    expect(failures.length, method.id).toBeGreaterThan(0);
    for (const { link, label } of failures) {
      const { state, problems } = decodeLink(link);
      expect(problems, link).toEqual([]);
      const preset = method.presets.find((one) => one.failure && one.label === label);
      expect(state).toMatchObject({ method: method.id, values: preset?.values });
      expect(state.data.kind).toBe(preset?.data ?? 'testbed');
    }
  }
});
