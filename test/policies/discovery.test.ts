import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createAuthorizer } from '../support/authorize.ts';
import { deployed, region, workerAccount } from '../support/deployed.ts';

const authorizer = createAuthorizer(deployed());
const verdict = (action: string, of: string = region) =>
  authorizer.verdict(authorizer.operator, {
    action,
    resource: resourceOf(action, of),
    owner: workerAccount,
    context: { 'aws:RequestedRegion': of },
  });

/** The actions that know a resource know one kind. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/:(Create|Describe|Update)ClassificationJob$|:(Tag|Untag)Resource$/, 'classification-job'],
  [/:(Create|Get|Delete)CustomDataIdentifier$/, 'custom-data-identifier'],
  [/:CreateFindingsFilter$/, 'findings-filter'],
];

function resourceOf(action: string, of: string): string {
  const [, kind] = kinds.find(([pattern]) => pattern.test(action)) ?? [];
  return kind === undefined ? '*' : `arn:aws:macie2:${of}:${workerAccount}:${kind}/1`;
}

/** The operations that the commands `jobs` and `identifiers` call, as their adapters name them. */
const called = ['jobs', 'identifiers'].flatMap((name) => {
  const text = readFileSync(new URL(`../../src/aws/macie/${name}.ts`, import.meta.url), 'utf8');
  return [...text.matchAll(/new (\w+)Command\(|paginate(\w+)\(/g)].map(
    ([, command, page]) => `macie2:${command ?? page}`,
  );
});
/** A job gets a tag when it is created. */
const needed = [...new Set([...called, 'macie2:TagResource'])].toSorted();

describe('jobs and identifiers, for the operator role', () => {
  it.each(needed)('may call %s, in the region of the installation alone', async (action) => {
    expect(await verdict(action)).toBe('Allowed');
    expect(await verdict(action, 'ap-south-1')).not.toBe('Allowed');
  });

  it('are no more than the commands call', () => {
    const policy = deployed().operations.resources.find(({ logicalId }) => logicalId === 'DiscoveryPolicy');
    const document = policy?.properties['PolicyDocument'] as
      | { readonly Statement: readonly { readonly Action: readonly string[] }[] }
      | undefined;

    expect(document?.Statement.flatMap(({ Action }) => Action).toSorted()).toEqual(needed);
  });

  it.each([
    'macie2:UpdateClassificationJob',
    'macie2:CreateFindingsFilter',
    'macie2:CreateAllowList',
    'macie2:UpdateMacieSession',
    'macie2:UpdateClassificationScope',
    'macie2:PutFindingsPublicationConfiguration',
    'macie2:DisableMacie',
    'macie2:UntagResource',
  ])('may not call %s', async (action) => {
    expect(await verdict(action)).not.toBe('Allowed');
  });
});
