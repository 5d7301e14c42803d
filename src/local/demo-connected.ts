import { runCommand } from './demo/command.ts';
import { connectWorld } from './demo/connected-world.ts';

void runCommand({
  name: 'docker compose --profile demo run --rm demo',
  description: 'The main job on what `docker compose up` started: sixteen files in, six isolated.',
  opening: 'Connect to LocalStack and the worker',
  ownsWorld: false,
  open: () => connectWorld(process.env),
});
