import { afterEach, beforeEach, expect, it } from 'vitest';
import { imageInAccount, platformsOf } from '../../src/compose/operator/image-in-account.ts';
import { type EcrStandIn, startEcr } from '../support/ecr.ts';
import { type RegistryStandIn, startRegistry } from '../support/registry.ts';

let source: RegistryStandIn;
let ecr: EcrStandIn;
let image: string;
beforeEach(async () => {
  [source, ecr] = await Promise.all([startRegistry({ tokens: true }), startEcr()]);
  image = `${source.host}/team/macie-isolator@${source.putImage('team/macie-isolator')}`;
});
afterEach(() => Promise.all([source.close(), ecr.close()]));

const place = () => ({
  ecr: {
    region: 'us-east-1',
    endpoint: ecr.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  },
  signal: new AbortController().signal,
});
const copy = (more: { image?: string } = {}) =>
  imageInAccount({ ...place(), image, repository: 'macie-isolator', version: '1.2.0', ...more });

it('an image is copied by its digest into a repository of the account, which is made for it', async () => {
  const digest = image.split('@')[1] ?? '';

  await expect(copy()).resolves.toBe(`${ecr.uriOf('macie-isolator')}@${digest}`);
  expect(ecr.repositories.get('macie-isolator')).toMatchObject({
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
  });
  expect(ecr.registry.manifests.has(`macie-isolator:1.2.0-${digest.slice(7, 19)}`)).toBe(true);
});

it('a repository that exists is taken as it is, also if it comes into being meanwhile', async () => {
  ecr.repositories.set('macie-isolator', { imageTagMutability: 'MUTABLE' });
  await copy();
  ecr.errors.set('DescribeRepositories', ['RepositoryNotFoundException']);
  await expect(copy()).resolves.toContain(ecr.uriOf('macie-isolator'));

  expect(ecr.repositories.get('macie-isolator')).toEqual({ imageTagMutability: 'MUTABLE' });
});

it('an image that is in ECR already is used as it is', async () => {
  const own = `${ecr.uriOf('mine')}@sha256:${'a'.repeat(64)}`;

  await expect(copy({ image: own })).resolves.toBe(own);
  expect(ecr.registry.calls).toEqual([]);
});

it('an image without its registry is refused', async () => {
  await expect(copy({ image: `macie-isolator@sha256:${'a'.repeat(64)}` })).rejects.toMatchObject({
    code: 'refused',
  });
});

it('a denial of ECR is passed on, before anything is read', async () => {
  ecr.errors.set('CreateRepository', ['AccessDeniedException']);

  await expect(copy()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(source.calls).toEqual([]);
});

it('the platforms of an image come from its registry', async () => {
  await expect(platformsOf(image, place())).resolves.toEqual(['linux/amd64', 'linux/arm64']);
});
