import { sendMessages } from '../../aws/queue/send-messages.ts';
import { createSourceBuckets } from '../../aws/s3/source/source-buckets.ts';
import type { RequestPorts } from '../../core/operate/request-isolation.ts';
import { requestBody } from '../../core/parse/parse-request.ts';
import type { OperatorClients } from './clients.ts';
import { controlOf, evidenceOf, type IsolationBucketSettings } from './isolation-bucket.ts';

/** The ports of an operator's request, all with the operator's own credentials. */
export function requestsOf(clients: OperatorClients, settings: IsolationBucketSettings): RequestPorts {
  return {
    source: createSourceBuckets({
      clientFor: ({ region }) => clients.s3(region),
      unconditionalDelete: 'never',
    }),
    requests: controlOf(clients, settings),
    evidence: evidenceOf(clients, settings),
    async send(ids) {
      await sendMessages(await clients.sqs(), settings.QUEUE_URL, ids.map(requestBody), 'manual');
    },
    isolationBucket: settings.ISOLATION_BUCKET,
  };
}
