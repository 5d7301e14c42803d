import type { GetParameterCommandOutput, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { createPolicyParameter } from '../../../../src/aws/ssm/policy-parameter.ts';

function arrange(...answers: GetParameterCommandOutput['Parameter'][]) {
  const client = { send: async () => ({ Parameter: answers.shift() }) };
  return createPolicyParameter(client as unknown as SSMClient, '/policy');
}

describe('the policy of a parameter', () => {
  it('is unchanged while version and text are', async () => {
    const read = arrange({ Value: 'a', Version: 1 }, { Value: 'a', Version: 1 });

    expect(await read()).toEqual({ kind: 'text', text: 'a', version: '1' });
    expect(await read()).toEqual({ kind: 'unchanged' });
  });

  it('is read again where another parameter has the version of the one before', async () => {
    const read = arrange({ Value: 'a', Version: 1 }, { Value: 'b', Version: 1 });

    await read();

    expect(await read()).toEqual({ kind: 'text', text: 'b', version: '1' });
  });

  it('is read again with another version of the same text, so that records name it', async () => {
    const read = arrange({ Value: 'a', Version: 1 }, { Value: 'a', Version: 2 });

    await read();

    expect(await read()).toEqual({ kind: 'text', text: 'a', version: '2' });
  });
});
