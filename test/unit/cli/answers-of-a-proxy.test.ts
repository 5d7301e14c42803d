import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../support/command-line.ts';

let server: Server;
let body = '';
beforeAll(async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());

describe.each([
  ['an empty body', ''],
  ['the page of a proxy', '<html><body>Sign in</body></html>'],
])('a command that gets %s for a listing', (_, answer) => {
  it.each([[['list']], [['list', '--count']], [['show', 's3://lake-raw/in/a.csv']]])(
    'does not say that nothing is there: %j',
    async (argv) => {
      body = answer;
      const env = {
        AWS_REGION: 'us-east-1',
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/findings',
        ISOLATION_BUCKET: 'isolation',
      };

      expect(await commandLine(argv, env)).toMatchObject({ code: 1, out: '' });
    },
  );
});
