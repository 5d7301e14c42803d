import { jsonOf } from '../../json.ts';

/** The facts that the latest records hold about the workers that wrote them. */
export interface LastRecords {
  /** The version of the worker that wrote the latest record. */
  readonly version?: string;
  readonly recordedAt?: string;
  /** The hash of the policy by which a worker decided last. */
  readonly policyHash?: string;
}

/** Reads records, the latest first, until policy and version are known. */
export async function readLastRecords(
  keys: AsyncIterable<string> | Iterable<string>,
  get: (key: string) => Promise<string | undefined>,
): Promise<LastRecords> {
  let last: LastRecords = {};
  for await (const key of keys) {
    const text = await get(key);
    const record = jsonOf(text) as Readonly<Record<string, unknown>> | undefined;
    const version = textIn(record?.['service_version']);
    const recordedAt = textIn(record?.['recorded_at']);
    const policyHash = textIn(record?.['policy_hash']);
    // Records of findings about no object, such as samples, name no policy.
    last = {
      ...(version !== undefined && { version }),
      ...(recordedAt !== undefined && { recordedAt }),
      ...last,
      ...(policyHash !== undefined && { policyHash }),
    };
    if (policyHash !== undefined) break;
  }
  return last;
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
