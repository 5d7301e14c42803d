import { errorCodesOf } from '../aws-operations.ts';
import type { EventLog } from '../event-log.ts';
import type { Metrics } from '../metrics.ts';

/** An AWS request that was answered or has failed, after its retries. */
export interface AwsRequest {
  readonly service: string;
  readonly operation: string;
  readonly seconds: number;
  readonly retries: number;
}

/** The events of AWS calls. */
export function createAwsEvents({ log, heldBack }: EventLog, metrics: Metrics) {
  return {
    awsRequestDone({ service, operation, seconds, retries }: AwsRequest) {
      metrics.awsRequestDuration.observe({ service, operation }, seconds);
      if (retries > 0) metrics.awsRequestRetries.inc({ service, operation }, retries);
    },
    awsRequestFailed(failure: {
      readonly service: string;
      readonly operation: string;
      readonly code: string;
      readonly requestId?: string | undefined;
    }) {
      const { service: awsService, operation, code, requestId } = failure;
      const counted = errorCodesOf(awsService).includes(code) ? code : 'other';
      metrics.awsRequestErrors.inc({ service: awsService, operation, code: counted });
      const repeated = heldBack(`aws ${operation}`, code);
      if (repeated === undefined) return;
      const fields = { awsService, operation, code, requestId, repeated };
      log('warn', 'aws_request_failed', fields, 'an AWS call failed');
    },
  };
}
