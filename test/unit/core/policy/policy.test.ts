import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../src/core/finding.ts';
import {
  canonical,
  compilePolicy,
  decideByDefault,
  defaultPolicy,
} from '../../../../src/core/policy/policy.ts';
import { type PolicyDocument, policySchema } from '../../../../src/core/policy/schema.ts';
import { finding } from '../../../support/findings.ts';

const at = new Date('2026-11-28T12:00:00Z');
const policy = (document: Record<string, unknown>) =>
  compilePolicy(policySchema.parse({ version: 1, rules: [], default: 'alert', ...document }));
const rule = (name: string, when: Record<string, unknown>, action = 'isolate', more = {}) => ({
  name,
  when,
  action,
  ...more,
});
const unrated = (): Finding => {
  const { severity: _, ...rest } = finding();
  return rest;
};

describe('decideByDefault', () => {
  it('isolates what is rated High', () => {
    expect(decideByDefault(finding({ severity: 'High' }), { at })).toEqual({
      action: 'isolate',
      rule: 'high-severity',
      policy: defaultPolicy.hash,
    });
  });

  it.each(['Medium', 'Low'] as const)('alerts about what is rated %s', (severity) => {
    expect(decideByDefault(finding({ severity }), { at })).toEqual({
      action: 'alert',
      rule: 'default',
      policy: defaultPolicy.hash,
    });
  });

  it('alerts about what has no rating, and says that it has none', () => {
    expect(decideByDefault(unrated(), { at })).toMatchObject({
      action: 'alert',
      rule: 'default',
      missing: 'severity',
    });
  });
});

describe('the rules', () => {
  it('are asked in their order, and the first that matches decides', () => {
    const { decide } = policy({
      rules: [
        rule('other-bucket', { bucket: 'elsewhere' }, 'ignore'),
        rule('csv', { extension: 'csv' }, 'ignore'),
        rule('all-high', { severity: 'High' }),
      ],
    });
    expect(decide(finding(), { at })).toMatchObject({ action: 'ignore', rule: 'csv' });
  });

  it('carry what they say of versions, alerts and dry runs', () => {
    const settings = { sourceVersions: 'all', quiet: true, dryRun: true };
    const { decide } = policy({ rules: [rule('careful', { severity: 'High' }, 'isolate', settings)] });
    expect(decide(finding(), { at })).toMatchObject(settings);
  });

  it('carry their topic for alerts, also where an entry of never makes an alert of them', () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:privacy';
    const rules = [rule('privacy', { severity: 'High' }, 'isolate', { alert: topic })];
    const never = [{ name: 'case', when: { severity: ['High'] }, reason: 'hold' }];
    expect(policy({ rules }).decide(finding(), { at })).toMatchObject({ alertTopic: topic });
    expect(policy({ rules, never }).decide(finding(), { at })).toMatchObject({
      action: 'alert',
      alertTopic: topic,
    });
  });

  it('carry the tags for the copy, in the order of the policy', () => {
    const tags = { team: 'security', case: '4711' };
    const { decide } = policy({ rules: [rule('tagged', { severity: 'High' }, 'isolate', { tags })] });
    expect(decide(finding(), { at }).tags).toEqual([
      ['team', 'security'],
      ['case', '4711'],
    ]);
  });

  it('carry their limit as a number of findings in an hour', () => {
    const { decide } = policy({
      rules: [rule('few', { severity: 'High' }, 'isolate', { limit: '500/hour' })],
    });
    expect(decide(finding(), { at })).toMatchObject({ action: 'isolate', limitPerHour: 500 });
  });

  it.each(['isolate', 'ignore'])(
    'are passed over where the finding does not say what they ask: %s',
    (action) => {
      const { decide } = policy({
        rules: [
          rule('public', { publicAccess: true }, action),
          rule('not-public', { not: { publicAccess: true } }, action),
        ],
      });
      expect(decide(finding(), { at })).toMatchObject({
        action: 'alert',
        rule: 'default',
        missing: 'publicAccess',
      });
    },
  );
});

describe('the action fence', () => {
  const never = [{ name: 'case', when: { bucket: 'member-*' }, reason: 'litigation' }];
  const rules = [rule('tables', { key: '*' }, 'fence', { limit: '5/hour' })];

  it('is what the rule says, with its limit', () => {
    expect(policy({ rules }).decide(finding(), { at })).toMatchObject({ action: 'fence', limitPerHour: 5 });
  });

  it('becomes an alert by an entry of never', () => {
    expect(policy({ rules, never }).decide(finding(), { at })).toMatchObject({
      action: 'alert',
      rule: 'tables',
      exception: { name: 'case', reason: 'litigation' },
    });
  });

  it('follows from nothing that is unknown', () => {
    const unknown = [rule('tagged', { bucketTag: 'x' }, 'fence')];

    expect(policy({ rules: unknown }).decide(finding(), { at })).toMatchObject({
      action: 'alert',
      rule: 'default',
    });
    expect(
      policy({ rules: [rule('r', { key: '*' }, 'isolate', { fence: 'first' })] }).decide(finding(), { at }),
    ).toMatchObject({
      fence: 'first',
    });
  });
});

describe('an entry of never', () => {
  const never = [{ name: 'case', when: { bucket: 'member-*' }, reason: 'litigation', until: '2026-11-28' }];

  it('makes an alert of an isolation, wherever the rule stands', () => {
    const { decide } = policy({ never, rules: [rule('all-high', { severity: 'High' })] });
    expect(decide(finding(), { at })).toMatchObject({
      action: 'alert',
      rule: 'all-high',
      exception: { name: 'case', reason: 'litigation' },
    });
  });

  it.each(['alert', 'ignore'])('leaves a rule alone that says %s', (action) => {
    const { decide } = policy({ never, rules: [rule('all-high', { severity: 'High' }, action)] });
    const decision = decide(finding(), { at });
    expect(decision.action).toBe(action);
    expect(decision.exception).toBeUndefined();
  });

  it('holds to the end of its last day in UTC, and no longer', () => {
    const { decide } = policy({ never, rules: [rule('all-high', { severity: 'High' })] });
    const actionAt = (time: string) => decide(finding(), { at: new Date(time) }).action;
    expect(actionAt('2026-11-28T23:59:59.999Z')).toBe('alert');
    expect(actionAt('2026-11-29T00:00:00.000Z')).toBe('isolate');
  });

  it('holds where the finding does not say, and the decision names what is missing', () => {
    const { decide } = policy({
      never: [{ name: 'secret', when: { bucketTag: 'class=secret' }, reason: 'never move' }],
      rules: [rule('all-high', { severity: 'High' })],
    });
    const untagged = finding({ traits: {} });
    expect(decide(untagged, { at })).toMatchObject({
      action: 'alert',
      exception: { name: 'secret' },
      missing: 'bucketTag',
    });
    expect(decide(finding({ traits: { bucketTags: [] } }), { at }).action).toBe('isolate');
  });

  it('that surely holds is named before one that may hold', () => {
    const { decide } = policy({
      never: [{ name: 'unsure', when: { bucketTag: 'x' }, reason: 'a' }, ...never],
      rules: [rule('all-high', { severity: 'High' })],
    });
    expect(decide(finding(), { at }).exception?.name).toBe('case');
  });
});

describe('the hash', () => {
  const rules = [rule('all-high', { severity: 'High', bucket: 'b' })];

  it('is the same whatever the order of members and the form of lists', () => {
    const other = [{ action: 'isolate', when: { bucket: ['b'], severity: ['High'] }, name: 'all-high' }];
    expect(policy({ rules }).hash).toBe(policy({ rules: other }).hash);
    expect(policy({ rules }).hash).toMatch(/^[0-9a-f]{16}$/);
  });

  it('changes with the order of rules and with every value', () => {
    const documents: Partial<PolicyDocument>[] = [
      { default: 'ignore' },
      { rules: [...rules, rule('z', { severity: 'Low' }, 'alert')] as never },
      { rules: [rule('z', { severity: 'Low' }, 'alert'), ...rules] as never },
    ];
    const hashes = documents.map((document) => policy({ rules, ...document }).hash);
    expect(new Set([...hashes, policy({ rules }).hash]).size).toBe(4);
  });
});

describe('a decision', () => {
  it('holds what its rule says, and nothing else', () => {
    const plain = compilePolicy(
      policySchema.parse({ version: 1, rules: [rule('r', { severity: 'High' })], default: 'alert' }),
    );
    const full = compilePolicy(
      policySchema.parse({
        version: 1,
        rules: [
          rule('r', { severity: 'High' }, 'isolate', {
            sourceVersions: 'all',
            quiet: true,
            dryRun: false,
            fence: 'first',
          }),
        ],
        default: 'alert',
      }),
      'v7',
    );

    expect(plain.decide(finding(), { at })).toStrictEqual({
      action: 'isolate',
      rule: 'r',
      policy: plain.hash,
    });
    expect(plain).not.toHaveProperty('version');
    expect(full).toHaveProperty('version', 'v7');
    expect(full.decide(finding(), { at })).toStrictEqual({
      action: 'isolate',
      rule: 'r',
      policy: full.hash,
      policyVersion: 'v7',
      sourceVersions: 'all',
      quiet: true,
      dryRun: false,
      fence: 'first',
    });
  });

  it('names what was missing for a rule that was passed over, whatever decides', () => {
    const { decide, hash } = policy({
      never: [{ name: 'held', when: { bucket: 'legal' }, reason: 'r' }],
      rules: [rule('rated', { severity: 'High' }), rule('all', { key: '*' }), rule('rest', { key: 'x' })],
    });

    expect(decide(unrated(), { at })).toStrictEqual({
      action: 'isolate',
      rule: 'all',
      policy: hash,
      missing: 'severity',
    });
  });

  it('by an exception that surely holds names nothing that is missing', () => {
    const { decide, hash } = policy({
      never: [{ name: 'held', when: { key: '*' }, reason: 'r' }],
      rules: [rule('r', { severity: 'High' })],
    });

    expect(decide(finding(), { at })).toStrictEqual({
      action: 'alert',
      rule: 'r',
      policy: hash,
      exception: { name: 'held', reason: 'r' },
    });
  });

  it('says what is missing where a rule that only alerts is passed over', () => {
    const { decide, hash } = policy({ rules: [rule('r', { severity: 'High' }, 'alert')] });

    expect(decide(finding({ severity: 'Low' }), { at })).toStrictEqual({
      action: 'alert',
      rule: 'default',
      policy: hash,
    });
    expect(decide(unrated(), { at })).toStrictEqual({
      action: 'alert',
      rule: 'default',
      policy: hash,
      missing: 'severity',
    });
  });
});

describe('the canonical form', () => {
  it('orders the members of objects at any depth, and leaves lists and values as they are', () => {
    expect(canonical({ c: 1, a: { z: [{ y: 1, x: 2 }, 3, 1], b: null }, b: 'x' })).toBe(
      '{"a":{"b":null,"z":[{"x":2,"y":1},3,1]},"b":"x","c":1}',
    );
  });
});
