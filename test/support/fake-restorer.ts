import { releaseMark } from '../../src/core/evidence/release-records.ts';
import type { PropertyName } from '../../src/core/properties.ts';
import type { Restorer } from '../../src/core/restorer.ts';
import type { FakeWorld } from './fake-ports.ts';

export interface FakeRestorer extends Restorer {
  /** What arrives at the source instead of the isolated bytes. */
  arrivesAs?: string;
  expects: readonly PropertyName[];
  loses: readonly PropertyName[];
}

/** The operator's hands: writes at the source, which the worker never does. */
export function createFakeRestorer({ isolation, log, source }: FakeWorld): FakeRestorer {
  const fake: FakeRestorer = {
    expects: [],
    loses: [],
    restore: ({ isolationKey, metadata, to }) =>
      log.perform('restorer.restore', () => {
        if (source.read(to)) return 'occupied';
        const bytes = fake.arrivesAs ?? isolation.objects.get(isolationKey)?.bytes ?? '';
        source.upload(to, bytes, { metadata: { ...metadata, [releaseMark]: 'true' } });
        return { lost: fake.loses };
      }),
    expectedLoss: async () => fake.expects,
    isMarked: (_object, stored) => log.perform('restorer.isMarked', () => releaseMark in stored.metadata),
  };
  return fake;
}
