import { createServer } from 'node:http';
import { startForwarder } from '../../support/forwarder.ts';

/** Runs in a container: forwards port 4566 to LocalStack, and is cut and mended on port 8080. */
const forwarder = await startForwarder('http://localstack:4566', { host: '0.0.0.0', port: 4566 });
createServer((request, response) => {
  if (request.url === '/cut') forwarder.cut();
  if (request.url === '/mend') forwarder.mend();
  response.end('done');
}).listen(8080);
