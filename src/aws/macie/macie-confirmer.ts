import { GetFindingsCommand, type Macie2Client } from '@aws-sdk/client-macie2';
import { findingAtMacie } from '../../core/confirm/finding-at-macie.ts';
import { IsolationFaultError, type RetryableError } from '../../core/errors.ts';
import { isIdOfMacie } from '../../core/finding.ts';
import type { FindingsConfirmer } from '../../core/findings-confirmer.ts';
import { listOf } from '../sdk/answered.ts';
import { awsErrorName, retryable, statusOf } from '../sdk/aws-errors.ts';
import { retryableAtIsolation } from '../sdk/isolation-faults.ts';
import { createBatches } from './batches.ts';

/** `find` asks Macie in the worker's own account, by few calls. */
export interface MacieConfirmer extends FindingsConfirmer {
  /** Asks in each region that refused the last call there. Rejects if a region still refuses. */
  probe(): Promise<void>;
}

type Told = NonNullable<Awaited<ReturnType<FindingsConfirmer['find']>>>;

/** No finding has this id. Macie answers such a call with an empty list if the worker may call it. */
const probeId = '0'.repeat(32);

export function createMacieConfirmer(clientFor: (region: string) => Promise<Macie2Client>): MacieConfirmer {
  const refusing = new Set<string>();
  const byRegion = new Map<string, (id: string) => Promise<Told | undefined>>();

  const getFindings = async (region: string, ids: readonly string[]): Promise<Map<string, Told>> => {
    const client = await clientFor(region);
    const answer = await client.send(new GetFindingsCommand({ findingIds: [...ids] }));
    const findings = listOf(answer.findings, 'GetFindings');
    refusing.delete(region);
    return new Map(
      findings.flatMap((finding) => (finding.id ? [[finding.id, findingAtMacie({ ...finding })]] : [])),
    );
  };
  const asked = (region: string, error: unknown): RetryableError => {
    const fault =
      statusOf(error) === 409
        ? retryable(error, 'GetFindings')
        : retryableAtIsolation(error, 'GetFindings', 'read');
    if (fault instanceof IsolationFaultError) refusing.add(region);
    return fault;
  };
  const batchesIn = (region: string) => {
    const find = createBatches<Told>({
      ask: (ids) => getFindings(region, ids),
      // A single id in Macie's own form that Macie calls invalid is no fault of the message.
      isRefusal: (error, [id = '', ...others]) =>
        awsErrorName(error) === 'ValidationException' && (others.length > 0 || !isIdOfMacie(id)),
    });
    byRegion.set(region, find);
    return find;
  };

  return {
    async find(id, region) {
      try {
        return await (byRegion.get(region) ?? batchesIn(region))(id);
      } catch (error) {
        throw asked(region, error);
      }
    },
    async probe() {
      for (const region of refusing) {
        await getFindings(region, [probeId]).catch((error: unknown) => {
          throw asked(region, error);
        });
      }
    },
  };
}
