import { startInbox } from './inbox/start-inbox.ts';

void run();

async function run(): Promise<void> {
  const { AWS_ENDPOINT_URL = '', DOCS = '' } = process.env;
  await startInbox({ port: 8025, endpoint: AWS_ENDPOINT_URL, docs: DOCS });
  process.once('SIGTERM', () => process.exit(0));
}
