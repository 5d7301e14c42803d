import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createOperatorClients } from '../../../../src/compose/operator/clients.ts';
import { findingsArchiveOf } from '../../../../src/compose/operator/findings-archive.ts';
import { type MacieStandIn, startMacie } from '../../../../src/local/macie/start-macie.ts';

let macie: MacieStandIn;
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  macie = await startMacie({ account: '111122223333' });
  macie.accountIn('eu-west-1').status = 'ENABLED';
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await macie.close();
});

it('asks Macie in the region of the findings, at the endpoint of the command', async () => {
  const clients = createOperatorClients({
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_MACIE2: macie.endpoint,
  });
  try {
    const archive = findingsArchiveOf(clients);
    await archive.ids({ region: 'eu-west-1', since: new Date(0), until: new Date() });
    await archive.get('us-east-1', ['0'.repeat(32)]);
  } finally {
    clients.close();
  }

  expect(macie.calls.map(({ operation, region }) => `${operation} ${region}`)).toStrictEqual([
    'ListFindings eu-west-1',
    'GetFindings us-east-1',
  ]);
});
