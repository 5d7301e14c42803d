import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startInbox } from '../../../src/local/inbox/start-inbox.ts';

const docs = new URL('../../../docs', import.meta.url).pathname;
const addressOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

let localStack: Server;
let inbox: Server;
let answers: Readonly<Record<string, object>>;

beforeEach(async () => {
  answers = {};
  localStack = createServer(({ url = '' }, response) => {
    const answer = answers[url];
    response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => localStack.listen(0, resolve));
  inbox = await startInbox({ port: 0, endpoint: addressOf(localStack), docs });
});
afterEach(() => {
  for (const server of [inbox, localStack]) {
    server.close();
    server.closeAllConnections();
  }
});

const page = async (path: string) => (await fetch(addressOf(inbox) + path)).text();
const alert = (status: 'firing' | 'resolved', startsAt = '2026-11-20T20:00:00Z') => ({
  status,
  labels: { alertname: 'IsolatorWorkerDown', severity: 'critical' },
  annotations: {
    summary: 'None of <3> workers answers.',
    runbook_url: 'http://127.0.0.1:8025/runbook.md#isolatorworkerdown',
  },
  startsAt,
  endsAt: '2026-11-20T21:00:00Z',
  fingerprint: 'f1',
});
const deliver = (body: unknown) =>
  fetch(`${addressOf(inbox)}/alerts`, { method: 'POST', body: JSON.stringify(body) });

describe('the inbox', () => {
  it('shows e-mails and SMS as a person gets them, and nothing in them as a tag', async () => {
    answers = {
      '/_aws/ses': {
        messages: [
          {
            Timestamp: '2026-11-20T20:00:00',
            Destination: { ToAddresses: ['security@example.com'] },
            Body: { text_part: 'Object isolated.\n\nkey: <script>.csv' },
          },
        ],
      },
      '/_aws/sns/sms-messages': {
        sms_messages: { '+1555': [{ PhoneNumber: '+1555', Message: '"Object isolated."' }] },
      },
    };

    const text = await page('/');

    expect(text).toContain('e-mail to security@example.com: Object isolated.');
    expect(text).toContain('key: &lt;script&gt;.csv');
    expect(text).toContain('SMS to +1555: Object isolated.');
  });

  it('is empty before LocalStack delivered anything', async () => {
    expect(await page('/')).toContain('Nobody was told of a finding yet.');
  });

  it('says so where LocalStack does not answer', async () => {
    localStack.close();
    localStack.closeAllConnections();

    expect(await page('/')).toContain('LocalStack does not answer');
  });

  it('shows what Alertmanager delivers, by its newest state, with links', async () => {
    await deliver({ alerts: [alert('firing')] });
    expect(await page('/')).toContain('firing, critical: IsolatorWorkerDown, since 2026-11-20T20:00:00Z');

    await deliver({ alerts: [alert('resolved')] });
    await deliver({ alerts: [alert('firing', '2026-11-20T22:00:00Z')] });
    const text = await page('/');

    expect(text.match(/IsolatorWorkerDown, since/g)).toHaveLength(2);
    expect(text).toContain('resolved, critical: IsolatorWorkerDown, since 2026-11-20T20:00:00Z until');
    expect(text).toContain('None of &lt;3&gt; workers answers.');
    expect(text).toContain('<a href="http://127.0.0.1:8025/runbook.md#isolatorworkerdown">');
  });

  it('refuses what is no webhook of Alertmanager', async () => {
    expect((await deliver({ status: 'firing' })).status).toBe(400);
  });

  it('shows the pages that alerts and panels link to, at their sections', async () => {
    expect(await page('/runbook.md')).toContain('<b id="isolatorworkerdown">### IsolatorWorkerDown</b>');
    expect(await page('/logs.md')).toContain('<b id="failures">### failures</b>');
    expect((await fetch(`${addressOf(inbox)}/../package.json`)).status).toBe(404);
  });
});
