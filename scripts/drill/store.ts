import { createServer, request } from 'node:http';

/**
 * Stands before LocalStack's S3 in a drill, and fails as it is told on port 8081: `/refuse?text=…` answers 403 to each
 * request that has this text in its path or copy source and would write, `/break?text=…` answers 500 to each that has it,
 * and `/mend` ends both.
 */
const faults = new Map<'refuse' | 'break', string>();

createServer((incoming, outgoing) => {
  const { method, url: path = '', headers } = incoming;
  const asked = `${path} ${String(headers['x-amz-copy-source'] ?? '')}`;
  const has = (fault: 'refuse' | 'break') => asked.includes(faults.get(fault) ?? '\n');
  const answer = (status: number, code: string) => {
    incoming.resume();
    outgoing.writeHead(status, { 'content-type': 'application/xml' });
    outgoing.end(`<Error><Code>${code}</Code><Message>Access Denied</Message></Error>`);
  };
  if (method !== 'GET' && method !== 'HEAD' && has('refuse')) return answer(403, 'AccessDenied');
  if (has('break')) return answer(500, 'InternalError');
  const passed = request({ host: 'localstack', port: 4566, method, path, headers }, (given) => {
    outgoing.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(outgoing);
  });
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
}).listen(4566);

createServer((incoming, outgoing) => {
  const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://store');
  const fault = pathname.slice(1);
  if (fault === 'refuse' || fault === 'break') faults.set(fault, searchParams.get('text') ?? '\n');
  if (fault === 'mend') faults.clear();
  outgoing.end('done\n');
}).listen(8081);
