import { arnOf, denied } from './access/denial.ts';
import { actionOf } from './access/permissions.ts';
import type { Exchange, S3Answer } from './exchange.ts';
import type { FaultKind } from './faults.ts';
import { operations } from './operations.ts';
import { S3Error } from './s3-error.ts';
import { xmlDocument } from './xml.ts';

/** Performs a request. `admit` throws the error that S3 answers before it looks at the operation. */
export function perform(exchange: Exchange, fault: FaultKind | undefined, admit: () => void): S3Answer {
  const { request, principal } = exchange;
  const resource = `/${request.bucket}/${request.key}`;
  try {
    if (fault instanceof S3Error) throw fault;
    if (fault === 'slow-down') throw new S3Error('SlowDown');
    if (fault === 'internal-error') throw new S3Error('InternalError');
    if (fault === 'access-denied') {
      throw denied(principal, actionOf(request) ?? 's3:*', arnOf(request.bucket, request.key));
    }
    if (fault === 'error-in-200')
      return { ...errorAnswer(new S3Error('InternalError'), resource), status: 200 };
    if (typeof fault === 'object' && 'instead' in fault) return foreign(fault.instead);
    if (typeof fault === 'object' && 'in200' in fault)
      return { ...errorAnswer(fault.in200, resource), status: 200 };
    admit();
    const operation = operations[request.operation];
    if (!operation) throw new S3Error('NotImplemented', `The stand-in does not know: ${request.operation}`);
    const answer = operation(exchange);
    return typeof fault === 'object' && 'alter' in fault ? fault.alter(answer) : answer;
  } catch (error) {
    if (error instanceof S3Error) return errorAnswer(error, resource);
    throw error;
  }
}

export function errorAnswer(error: S3Error, resource: string): S3Answer {
  return {
    status: error.status,
    headers: error.headers,
    xml: xmlDocument('Error', {
      Code: error.code,
      Message: error.message,
      ...error.details,
      Resource: resource,
      RequestId: 'STANDIN',
    }),
  };
}

/** Only S3 gives its answers an id. */
function foreign(answer: S3Answer): S3Answer {
  return { ...answer, headers: { 'x-amz-request-id': undefined, ...answer.headers } };
}
