import { runCommand } from './demo/command.ts';
import { startEmbeddedWorld } from './demo/embedded-world.ts';

void runCommand({
  name: 'npm run demo --',
  description: 'The main job on stand-ins for AWS: sixteen files in, six isolated. Needs nothing but Node.',
  opening: 'Start S3, SQS, SNS, the event bus and the worker',
  ownsWorld: true,
  open: startEmbeddedWorld,
});
