import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import { bodyOf } from '../listening.ts';
import { readLetters } from './mailbox.ts';
import { createNotifications } from './notifications.ts';
import { inboxPage, markdownPage } from './page.ts';

export interface InboxOptions {
  readonly port: number;
  /** Of LocalStack, which delivers e-mail and SMS. */
  readonly endpoint: string;
  /** With the pages that alerts and dashboards link to. */
  readonly docs: string;
}

/** Shows the alerts about findings as people get them, and what Alertmanager sends to `/alerts`. */
export async function startInbox({ port, endpoint, docs }: InboxOptions): Promise<Server> {
  const notifications = createNotifications();
  const answer = async (
    request: IncomingMessage,
  ): Promise<readonly [status: number, type: string, body: string]> => {
    const { method, url } = request;
    if (method === 'POST' && url === '/alerts') {
      notifications.take(await bodyOf(request));
      return [204, 'text/plain', ''];
    }
    const letters = () =>
      readLetters(endpoint).catch((error: unknown) =>
        error instanceof Error ? error : new Error(String(error)),
      );
    switch (url) {
      case '/':
        return [200, 'text/html', inboxPage(await letters(), notifications.list())];
      case '/runbook.md':
      case '/logs.md':
        return [200, 'text/html', markdownPage(readFileSync(join(docs, url), 'utf8'))];
      case '/alerts':
        return [200, 'application/json', JSON.stringify(notifications.list())];
      case '/letters':
        return [200, 'application/json', JSON.stringify(await readLetters(endpoint))];
      default:
        return [404, 'text/plain', 'not found'];
    }
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ([status, type, body]) =>
        response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(body),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(port, resolve);
  await promise;
  return server;
}
