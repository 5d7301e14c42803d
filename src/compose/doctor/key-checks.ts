import { keySettings } from '../../aws/kms/key.ts';
import { judgeKeyPolicy, judgeKeyState, judgeRotation } from '../../core/operate/doctor/judge-key.ts';
import { type Check, UncheckedError } from '../../core/operate/doctor/run-checks.ts';
import { type LookedAt, once } from './looked-at.ts';

/** The key without which nothing is isolated, and nothing isolated can be read. */
export function keyChecks({ bucketPolicy, clients, isolationKey }: LookedAt): readonly Check[] {
  const settings = once(async () => {
    const key = await isolationKey();
    if (key === undefined) throw new UncheckedError('The isolation bucket has no key of its own.');
    return keySettings(await clients.kms(), key);
  });
  const state = once(async () => (await settings()).state());
  return [
    { name: 'isolation key', judge: async () => judgeKeyState(await state()) },
    {
      name: 'isolation key rotation',
      judge: async () => judgeRotation(await state(), await (await settings()).rotates()),
    },
    {
      name: 'isolation key policy',
      judge: async () => judgeKeyPolicy(await (await settings()).policy(), await bucketPolicy()),
    },
  ];
}
