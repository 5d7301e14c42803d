import { expect, it } from 'vitest';
import { imageToDeploy } from '../../../../src/core/deploy/image.ts';

const place = { account: '111122223333', partition: 'aws', region: 'eu-central-1' };
const digest = `sha256:${'a'.repeat(64)}`;
const ecr = `111122223333.dkr.ecr.eu-central-1.amazonaws.com/mine@${digest}`;
const choose = (choice: Partial<Record<'chosen' | 'released' | 'running', string>>, partition = 'aws') =>
  imageToDeploy(
    { chosen: choice.chosen, released: choice.released, running: choice.running },
    { ...place, partition },
    'macie-isolator',
  );

it('without a release an image must be named', () => {
  expect(choose({})).toBeUndefined();
});

it('the chosen image comes before the released one, and that before the one that runs', () => {
  expect(choose({ chosen: ecr, released: 'b', running: 'c' })).toEqual({ uri: ecr });
  expect(choose({ released: `ghcr.io/o/p@${digest}`, running: ecr })?.copyFrom).toBe(`ghcr.io/o/p@${digest}`);
  expect(choose({ running: ecr })).toEqual({ uri: ecr });
});

it.each([
  ['aws', 'amazonaws.com'],
  ['aws-us-gov', 'amazonaws.com'],
  ['aws-cn', 'amazonaws.com.cn'],
])(
  'an image of another registry is copied into the repository of the account, in %s',
  (partition, domain) => {
    expect(choose({ released: `ghcr.io/o/p@${digest}` }, partition)).toEqual({
      uri: `111122223333.dkr.ecr.eu-central-1.${domain}/macie-isolator@${digest}`,
      copyFrom: `ghcr.io/o/p@${digest}`,
    });
  },
);
