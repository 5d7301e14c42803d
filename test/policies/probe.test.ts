import { describe, expect, it } from 'vitest';
import { probeKeys } from '../../src/core/evidence/keys.ts';
import { createAuthorizer, type Request } from '../support/authorize.ts';
import { deployed, workerAccount } from '../support/deployed.ts';

const authorizer = createAuthorizer(deployed());
const { from, to, toHashed } = probeKeys({
  accountId: workerAccount,
  isolationBucket: 'isolation',
  worker: 'ip-10-0-0-1-1',
  since: new Date('2026-11-28T02:00:00Z'),
});
const at = (action: string, key: string, context: Request['context'] = {}): Request => ({
  action,
  resource: `arn:aws:s3:::isolation/${key}`,
  owner: workerAccount,
  context,
});

describe('the probe of a halted worker', () => {
  it.each([
    ['put', at('s3:PutObject', from, { 's3:ObjectCreationOperation': 'true' })],
    ['read by the copy', at('s3:GetObject', from)],
    ['read by the copy with its tags', at('s3:GetObjectTagging', from)],
    ['read by the copy with its annotations', at('s3:GetObjectAnnotation', from)],
    ['copied', at('s3:PutObject', to, { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' })],
    ['read as a copy', at('s3:GetObject', to)],
    [
      'copied to the folder of hashed keys',
      at('s3:PutObject', toHashed, { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' }),
    ],
    ['read as a copy there', at('s3:GetObject', toHashed)],
  ])('may have its object %s', async (_, request) => {
    expect(await authorizer.verdict(authorizer.worker, request)).toBe('Allowed');
  });
});
