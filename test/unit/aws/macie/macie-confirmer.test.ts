import { Macie2Client } from '@aws-sdk/client-macie2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMacieConfirmer } from '../../../../src/aws/macie/macie-confirmer.ts';
import { MacieError, type MacieErrorCode } from '../../../../src/local/macie/macie-error.ts';
import { type MacieStandIn, startMacie } from '../../../../src/local/macie/start-macie.ts';
import { macieDetail } from '../../../support/findings.ts';

const id = 'ba3c75616234b8a67797b8000371aaba';
let macie: MacieStandIn;
const clients: Macie2Client[] = [];
beforeEach(async () => {
  macie = await startMacie({ account: '111122223333' });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await macie.close();
});

function open() {
  return createMacieConfirmer(async (region) => {
    const client = new Macie2Client({
      region,
      endpoint: macie.endpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    });
    clients.push(client);
    return client;
  });
}
const fails = (code: MacieErrorCode) => macie.refuse(() => new MacieError(code, 'as asked'));

describe('the question to Macie', () => {
  it('is answered by what a message must agree with, and by nothing else of the finding', async () => {
    macie.findings.add({ ...macieDetail(), id });

    expect(await open().find(id, 'us-east-1')).toStrictEqual({
      id,
      type: 'SensitiveData:S3Object/Multiple',
      severity: 'High',
      object: expect.objectContaining({ bucket: 'member-data', accountId: '444455556666' }),
    });
  });

  it('costs no second call for a finding that is known', async () => {
    macie.findings.add({ ...macieDetail(), id });
    const confirmer = open();

    await confirmer.find(id, 'us-east-1');
    await confirmer.find(id, 'us-east-1');

    expect(macie.calls).toHaveLength(1);
  });

  it.each<[string, MacieErrorCode]>([
    ['a denial', 'AccessDeniedException'],
    ['an id of its own form that it calls invalid', 'ValidationException'],
  ])('is a fault of ours where Macie answers with %s', async (_, code) => {
    fails(code);

    await expect(open().find(id, 'us-east-1')).rejects.toMatchObject({ name: 'IsolationFaultError', code });
  });

  it.each<MacieErrorCode>(['ThrottlingException', 'InternalServerException', 'ConflictException'])(
    'is asked again, and halts nothing, after %s',
    async (code) => {
      fails(code);

      await expect(open().find(id, 'us-east-1')).rejects.toMatchObject({ name: 'RetryableError', code });
    },
  );

  it('takes a malformed id for one that Macie does not know', async () => {
    expect(await open().find('forged', 'us-east-1')).toBeUndefined();
  });
});

describe('the probe of Macie', () => {
  it('asks nobody where no region refused: the halt has another cause', async () => {
    await open().probe();

    expect(macie.calls).toEqual([]);
  });

  it('asks in each region that refused, until it answers there', async () => {
    const confirmer = open();
    await expect(confirmer.find(id, 'eu-west-1')).rejects.toThrow();
    await confirmer.find(id, 'us-east-1');
    await expect(confirmer.probe()).rejects.toMatchObject({ code: 'AccessDeniedException' });
    macie.accountIn('eu-west-1').status = 'ENABLED';
    await confirmer.probe();
    await confirmer.probe();

    expect(macie.calls.map(({ region }) => region)).toEqual([
      'eu-west-1',
      'us-east-1',
      'eu-west-1',
      'eu-west-1',
    ]);
  });
});
