import { startInbox } from './inbox/start-inbox.ts';

const { AWS_ENDPOINT_URL = '', DOCS = '' } = process.env;
void startInbox({ port: 8025, endpoint: AWS_ENDPOINT_URL, docs: DOCS }).then((server) => {
  process.once('SIGTERM', () => process.exit(server.listening ? 0 : 1));
});
