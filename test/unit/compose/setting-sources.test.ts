import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { composeSettingSources } from '../../../src/compose/setting-sources.ts';
import { type SettingsServices, startSettingsServices } from '../../../src/local/settings-services.ts';

let services: SettingsServices;
beforeAll(async () => {
  services = await startSettingsServices({ parameters: { '/path/MODE': 'dry-run' }, stacks: {} });
});
afterAll(() => services.close());
beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the source of parameters', () => {
  it.each([
    { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'it' },
    { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'it', AWS_ENDPOINT_URL_SSM: '' },
    { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1', AWS_ENDPOINT_URL: ' it' },
    { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: '', AWS_ENDPOINT_URL_SSM: 'it' },
  ])('takes an empty setting as unset, as all settings are taken: %j', async (given) => {
    const env = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('it', services.endpoint)]),
    );

    expect(await composeSettingSources(env).parameters('/path')).toEqual({ MODE: 'dry-run' });
  });
});
