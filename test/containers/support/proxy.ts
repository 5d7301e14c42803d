import { GenericContainer, type StartedNetwork, Wait } from 'testcontainers';
import { inject } from 'vitest';

export interface Proxy {
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** A TCP proxy before LocalStack, known on the network as `proxy`. */
export async function startProxy(network: StartedNetwork): Promise<Proxy> {
  const folder = new URL('../../', import.meta.url).pathname;
  const files = ['support/forwarder.ts', 'containers/support/proxy-main.ts'];
  // The image has the right Node, and is there already.
  const container = await new GenericContainer(inject('image'))
    .withEntrypoint(['node', '/test/containers/support/proxy-main.ts'])
    .withCopyFilesToContainer(files.map((file) => ({ source: `${folder}${file}`, target: `/test/${file}` })))
    .withNetwork(network)
    .withNetworkAliases('proxy')
    .withExposedPorts(8080)
    .withWaitStrategy(Wait.forHttp('/', 8080))
    .withStartupTimeout(300_000)
    .start();
  const order = async (path: string) => {
    await fetch(`http://${container.getHost()}:${container.getMappedPort(8080)}${path}`);
  };
  return {
    cut: () => order('/cut'),
    mend: () => order('/mend'),
    async close() {
      await container.stop({ timeout: 0 });
    },
  };
}
