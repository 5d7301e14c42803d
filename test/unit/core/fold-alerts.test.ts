import { describe, expect, it } from 'vitest';
import type { AlertDigests, DigestEntry } from '../../../src/core/alert-topic.ts';
import { RetryableError } from '../../../src/core/errors.ts';
import { handleFinding } from '../../../src/core/handle-finding.ts';
import type { Message } from '../../../src/core/message.ts';
import { alertIsDue, mayBeFolded, readableAfter } from '../../../src/core/outcome.ts';
import { publishAlert } from '../../../src/core/tell/publish-alert.ts';
import { everyOutcome } from '../../support/every-outcome.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from '../../support/fake-ports.ts';
import { finding, flaggedBytes, flaggedObject, message } from '../../support/findings.ts';
import { decided, fail } from '../../support/handling.ts';

const object = flaggedObject();

function arrange(answer: ReturnType<AlertDigests['fold']> | 'at once' = 'noted') {
  const world = createFakeWorld('never');
  world.source.upload(object, flaggedBytes);
  const folded: DigestEntry[] = [];
  const digests: AlertDigests = {
    fold(entry) {
      folded.push(entry);
      return answer === 'at once' ? undefined : answer;
    },
  };
  return { world, folded, ports: { ...world.ports, digests } };
}
const handle = (ports: FakeWorld['ports'], about: Partial<Message> = {}) =>
  handleFinding(message(about), ports, handleSettings());
describe('a folded alert', () => {
  it('is accepted before the record is written, and the record says so', async () => {
    const accepted = Promise.withResolvers<void>();
    const { folded, ports, world } = arrange(accepted.promise);
    const handling = handle(ports);
    while (folded.length === 0) await Promise.resolve();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(world.log.names).not.toContain('isolation.put');

    accepted.resolve();
    expect(await handling).toMatchObject({ outcome: { name: 'isolated' }, alert: 'folded', recorded: true });
    expect(world.alerts).toEqual([]);
    expect(world.alertResults).toEqual(['folded']);
    expect(folded).toMatchObject([
      { outcome: { name: 'isolated' }, rule: 'high-severity', messageId: message().id },
    ]);
  });

  it('takes the state of the fence into its digest', async () => {
    const { folded, ports } = arrange();
    const fence = (state: 'fenced' | 'open', unfencedVersions: readonly string[] = []) => ({
      fence: { fence: state, at: new Date(0), unfencedVersions },
    });

    await tell(ports, { name: 'alerted' }, fence('open'));
    await tell(ports, { name: 'held', reason: 'rule-limit' }, fence('fenced'));
    await tell(ports, { name: 'held', reason: 'rule-limit' }, fence('fenced', ['v2']));
    await tell(ports, { name: 'alerted' }, { ...fence('fenced'), unseen: true });
    await tell(ports, { name: 'alerted' });

    expect(folded.map((entry) => entry.fence)).toEqual([
      { fence: 'open', isContained: false },
      { fence: 'fenced', isContained: true },
      { fence: 'fenced', isContained: false },
      { fence: 'fenced', isContained: false },
      undefined,
    ]);
  });

  it.each([true, false])('tells its digest whether nothing was there to fence: %s', async (isGone) => {
    const { folded, ports, world } = arrange();
    if (isGone) world.source.erase(object);

    await handleFinding(message(), ports, handleSettings(decided('fence')));

    expect(folded).toMatchObject([{ outcome: { name: 'alerted' } }]);
    expect(folded[0]?.isWithoutFence).toBe(isGone ? true : undefined);
  });

  it('whose digest failed lets the message come again, and is told then', async () => {
    const failing = Promise.reject(new RetryableError('SlowDown', 'not now'));
    const { ports, world } = arrange(failing);
    await expect(handle(ports)).rejects.toMatchObject({ code: 'AlertFailed' });
    expect(world.alertResults).toEqual(['try-failed']);

    expect(await handle(world.ports, { receiveCount: 2 })).toMatchObject({ alert: 'sent', recorded: true });
  });

  it('is sent at once where there are few', async () => {
    const { ports, world } = arrange('at once');
    expect(await handle(ports)).toMatchObject({ alert: 'sent' });
    expect(world.alerts).toHaveLength(1);
  });

  it('is summed up under the topic of its rule', async () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:privacy';
    const { folded, ports } = arrange();
    const about = {
      outcome: { name: 'isolated' },
      finding: finding(),
      isolationBucket: 'b',
      messageId: 'm',
    } as const;
    const decision = { action: 'isolate', rule: 'few' } as const;

    await publishAlert({ ...about, decision: { ...decision, alertTopic: topic } }, message(), ports, false);
    await publishAlert({ ...about, decision }, message(), ports, false);
    await publishAlert(about, message(), ports, false);

    expect(folded.map(({ rule, topic: to }) => [rule, to])).toEqual([
      ['few', topic],
      ['few', undefined],
      ['none', undefined],
    ]);
  });

  it('whose digest failed is a step that failed', async () => {
    const steps: string[] = [];
    const { ports } = arrange(Promise.reject(new RetryableError('SlowDown', 'not now')));
    const observer = { ...ports.observer, stepFailed: (step: string) => void steps.push(step) };

    await expect(handle({ ...ports, observer })).rejects.toMatchObject({ code: 'AlertFailed' });
    expect(steps).toEqual(['alert']);
  });

  it('is none of a record that is there', async () => {
    const { folded, ports } = arrange();
    await handle(ports);
    await handle(ports, { receiveCount: 2 });
    expect(folded).toHaveLength(1);
  });
});

const tell = (ports: FakeWorld['ports'], outcome: (typeof everyOutcome)[number], isolation = {}) =>
  publishAlert(
    {
      outcome,
      finding: finding(),
      isolationBucket: 'isolation',
      messageId: 'm1',
      isolation,
    },
    message(),
    ports,
    false,
  );

describe('an alert that needs a person', () => {
  it('is never folded where the marker of a dead worker hides an object that stays', async () => {
    const { folded, ports } = arrange();
    const removal = {
      kind: 'untouched',
      removedVersions: [],
      remainingVersions: ['v1'],
      uncomparedVersions: [],
      markerVersionId: 'm1',
    } as const;

    expect(await tell(ports, { name: 'alerted' }, { removal })).toBe('sent');
    expect(await tell(ports, { name: 'isolated' }, { removal })).toBe('folded');
    expect(folded).toHaveLength(1);
  });

  it('is that of an object in a region where nothing may be fenced', async () => {
    const { folded, ports } = arrange();
    expect(await tell(ports, { name: 'alerted' }, { unseen: true })).toBe('sent');
    expect(folded).toEqual([]);
  });

  it('is that of a dry run after an earlier delivery removed the object', async () => {
    const { folded, ports, world } = arrange();
    world.log.on({ at: 'isolation.put', before: fail('SlowDown') });
    await expect(handle(ports)).rejects.toMatchObject({ code: 'SlowDown' });
    world.log.clear();
    expect(world.source.read(object)).toBeUndefined();
    const foldedBefore = folded.length;

    const settings = handleSettings({ mode: 'dry-run' });
    const handled = await handleFinding(message({ receiveCount: 2 }), ports, settings);

    expect(handled).toMatchObject({ outcome: { name: 'dry_run' }, alert: 'sent' });
    expect(folded).toHaveLength(foldedBefore);
    expect(world.alerts[0]?.email).toContain('the source may be gone');
  });

  it.each(everyOutcome.filter((outcome) => alertIsDue(outcome)))(
    'is never folded: $name $reason',
    async (outcome) => {
      const { folded, ports } = arrange();
      const needsPerson = ['retained', 'refused', 'rejected'].includes(outcome.name);

      expect(await tell(ports, outcome)).toBe(needsPerson ? 'sent' : 'folded');
      expect(folded).toHaveLength(needsPerson ? 0 : 1);
      expect(mayBeFolded(outcome)).toBe(!needsPerson);
      if (outcome.name !== 'held' && !needsPerson) expect(readableAfter(outcome)).not.toBe('yes');
    },
  );

  it.each([
    { source: { sizeBytes: 1, replicationStatus: 'COMPLETED' } },
    {
      removal: {
        kind: 'removed',
        removedVersions: ['v1'],
        remainingVersions: ['v0'],
        uncomparedVersions: ['v0'],
      },
    },
  ])('is an isolation after which the data may still be there: %j', async (isolation) => {
    const { folded, ports } = arrange();
    expect(await tell(ports, { name: 'isolated' }, isolation)).toBe('sent');
    expect(folded).toEqual([]);
  });

  it('is not that of an object which nobody looked at', async () => {
    const { folded, ports } = arrange();
    const about = { outcome: { name: 'alerted' }, isolationBucket: 'isolation', messageId: 'm1' } as const;
    expect(await publishAlert({ ...about, finding: finding() }, message(), ports, false)).toBe('folded');
    expect(folded).toHaveLength(1);
  });

  it('is a message without a finding', async () => {
    const { folded, ports } = arrange();
    const outcome = { name: 'alerted' } as const;
    await publishAlert({ outcome, isolationBucket: 'isolation', messageId: 'm1' }, message(), ports, false);
    expect(folded).toEqual([]);
  });
});
