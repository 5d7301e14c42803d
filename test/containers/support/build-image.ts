import { GenericContainer, getContainerRuntimeClient } from 'testcontainers';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The image that the Dockerfile of this tree makes. */
    readonly image: string;
  }
}

export const revision = 'abcdef012345';

/** Builds the image once for all files, and removes it in the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runtime = await getContainerRuntimeClient().catch((error: unknown) => {
    throw new Error(
      'The container tests need a container runtime: start Docker, or set DOCKER_HOST to a socket that speaks its API.',
      { cause: error },
    );
  });
  const image = `macie-isolator-test:${process.pid}`;
  const root = new URL('../../../', import.meta.url).pathname;
  await GenericContainer.fromDockerfile(root)
    .withBuildArgs({ REVISION: revision })
    .withTarget('worker')
    .build(image, { deleteOnExit: false });
  project.provide('image', image);
  return async () => {
    await runtime.container.dockerode.getImage(image).remove({ force: true });
  };
}
