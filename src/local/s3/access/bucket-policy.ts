import type { S3Request } from '../http/http-request.ts';
import { S3Error } from '../s3-error.ts';
import type { Version } from '../store/bucket.ts';

type Values = string | readonly string[];
interface Statement {
  readonly Effect?: string;
  readonly Action?: Values;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Values>>>>;
}

/** Who asks for what, and the tags of the version that is asked for. */
export interface AskedOfPolicy {
  /** The ARN that STS shows. */
  readonly principal: string;
  readonly action: string;
  readonly tags: Version['tags'];
}

/** Returns the text of a policy as `PutBucketPolicy` takes it. */
export function checkedPolicy({ body }: S3Request): string {
  const text = body.toString('utf8');
  statementsOf(text);
  return text;
}

/**
 * Whether a statement of the bucket policy denies the request. Only statements are evaluated that deny actions to
 * everybody, on the conditions that a fence uses. All others are kept, and match nothing.
 */
export function isDeniedByPolicy(policy: string | undefined, asked: AskedOfPolicy): boolean {
  if (policy === undefined) return false;
  return statementsOf(policy).some(
    ({ Action = [], Condition = {}, Effect }) =>
      Effect === 'Deny' &&
      valuesOf(Action).includes(asked.action) &&
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, values]) => holds(operator, key, valuesOf(values), asked)),
      ),
  );
}

function holds(operator: string, key: string, values: readonly string[], asked: AskedOfPolicy): boolean {
  const [, tag] = /^s3:ExistingObjectTag\/(.+)$/.exec(key) ?? [];
  if (operator === 'Null' && tag !== undefined) {
    return values.includes(String(!asked.tags.some(([name]) => name === tag)));
  }
  if (operator === 'ArnNotEquals' && key === 'aws:PrincipalArn')
    return !values.includes(roleOf(asked.principal));
  return false;
}

/** `aws:PrincipalArn` of a session is the ARN of its role. The roles of the stand-in have no path. */
function roleOf(principal: string): string {
  const [, account, role] = /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\//.exec(principal) ?? [];
  return role === undefined ? principal : `arn:aws:iam::${account}:role/${role}`;
}

function statementsOf(policy: string): readonly Statement[] {
  try {
    const { Statement } = JSON.parse(policy) as { Statement?: readonly Statement[] };
    if (Array.isArray(Statement)) return Statement;
  } catch {
    // The error below says the same of a text that is no JSON.
  }
  throw new S3Error('MalformedPolicy');
}

function valuesOf(values: Values): readonly string[] {
  return typeof values === 'string' ? [values] : values;
}
