import { describe, expect, it } from 'vitest';
import { bucketDenial, fenceSid } from '../../../../src/core/fence/denial.ts';
import { lineDifference } from '../../../../src/core/operate/fence/line-difference.ts';
import { maximumPolicyBytes, mergeIntoPolicy } from '../../../../src/core/operate/fence/merge-policy.ts';

const ours = bucketDenial('arn:aws:s3:::lake', ['arn:aws:iam::111122223333:role/worker']);
const theirs = (Sid: string, Action: unknown = 's3:*') => ({ Sid, Effect: 'Deny', Principal: '*', Action });
const textOf = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('the denial in the policy of a bucket', () => {
  it('is the only statement where there was no policy', () => {
    expect(mergeIntoPolicy(undefined, ours)).toMatchObject({
      change: 'added',
      after: { Version: '2012-10-17', Statement: [ours] },
    });
  });

  it('comes after the statements of others, and takes the place of ours', () => {
    const old = { ...ours, Action: ['s3:GetObject'] };

    expect(mergeIntoPolicy(textOf(theirs('a'), theirs('b')), ours)).toMatchObject({
      change: 'added',
      after: { Statement: [theirs('a'), theirs('b'), ours] },
    });
    expect(mergeIntoPolicy(textOf(theirs('a'), old, theirs('b'), old), ours)).toMatchObject({
      change: 'replaced',
      after: { Statement: [theirs('a'), ours, theirs('b')] },
    });
  });

  it('is the same where S3 answers its lists in another order, or one value without a list', () => {
    const [{ 'aws:PrincipalArn': arns }] = [
      ours.Condition['ArnNotEquals'] as Record<string, string[]>,
    ] as const;
    const asAnswered = {
      ...ours,
      Action: ours.Action.toReversed(),
      Condition: {
        ArnNotEquals: { 'aws:PrincipalArn': arns?.[0] },
        Null: { 's3:ExistingObjectTag/isolator-fenced': false },
      },
    };

    expect(mergeIntoPolicy(textOf(asAnswered), ours)).toMatchObject({ change: 'none' });
    expect(mergeIntoPolicy(textOf({ ...asAnswered, Action: ours.Action.slice(1) }), ours)).toMatchObject({
      change: 'replaced',
    });
  });

  it('is not put where the policy would be larger than S3 takes', () => {
    const room = maximumPolicyBytes - Buffer.byteLength(textOf(theirs('a', ''), ours));

    expect(mergeIntoPolicy(textOf(theirs('a', 'x'.repeat(room))), ours).kind).toBe('merged');
    expect(mergeIntoPolicy(textOf(theirs('a', 'x'.repeat(room + 1))), ours)).toEqual({
      kind: 'too-large',
      bytes: maximumPolicyBytes + 1,
    });
  });

  it.each(['', '[]', '{}', '{"Statement":"x"}', 'null'])('is not put into what is no policy: %j', (text) => {
    expect(mergeIntoPolicy(text, ours)).toEqual({ kind: 'unreadable' });
  });

  it('has a name that a policy takes', () => {
    expect(fenceSid).toMatch(/^[A-Za-z0-9]+$/);
  });
});

describe('a difference of lines', () => {
  it.each([
    ['a\nb', 'a\nb', []],
    ['a\nc', 'a\nb\nc', [' a', '+b', ' c']],
    ['a\nb\nc', 'a\nc', [' a', '-b', ' c']],
    ['1\n2\n3\n4\n5', '1\n2\n3\n4\nx', [' 2', ' 3', ' 4', '-5', '+x']],
    ['a\na', 'a\na\na', [' a', ' a', '+a']],
  ])('from %j to %j', (before, after, lines) => {
    expect(lineDifference(before, after)).toEqual(lines);
  });
});
