import { afterEach } from 'vitest';
import { startWorld, type World, type WorldOptions } from './world.ts';

export type OpenWorld = (options?: WorldOptions) => Promise<World>;

/**
 * Returns a function that starts a world for one test. All worlds are closed after the test. The options of the test
 * come on top of `usual`, its environment variable by variable.
 */
export function worldsOfEachTest(usual: () => WorldOptions = () => ({})): OpenWorld {
  const worlds: World[] = [];
  afterEach(async () => {
    await Promise.all(worlds.splice(0).map((world) => world.close()));
  });
  return async (options = {}) => {
    const common = usual();
    const world = await startWorld({ ...common, ...options, env: { ...common.env, ...options.env } });
    worlds.push(world);
    return world;
  };
}
