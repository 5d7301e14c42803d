import { fenceTag } from '../../src/core/fences.ts';
import type { Request } from './authorize.ts';
import type { AwsCall } from './aws-calls.ts';
import { memberAccount, outcomeBus, region, workerAccount } from './deployed.ts';

/** What IAM is asked for a call, as the service authorization reference has it (and aws-facts 7). */
export interface AskedFor extends Request {
  readonly by: 'worker' | 'member';
}

const isolationBucket = 'arn:aws:s3:::isolation';
const queueArn = (name: string) => `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-${name}`;
const key = (name: string) => `arn:aws:kms:${region}:${workerAccount}:key/macie-isolator-${name}`;
const through = (service: string) => ({ 'kms:ViaService': `${service}.${region}.amazonaws.com` });

/**
 * The same code makes the calls about sources and copies in every account, with the one role or the other:
 * so each of them has to be allowed to both.
 */
export function requestsOf(call: AwsCall): AskedFor[] {
  const { service, operation, on } = call;
  if (service === 's3') {
    const isCopying = on === 'source' || call.underOwnAccount === true;
    const alone = on === 'isolation' && onlyByWorker.has(operation);
    const roles =
      isCopying && !alone && call.prefix !== 'releases'
        ? (['worker', 'member'] as const)
        : (['worker'] as const);
    return roles.flatMap((by) => s3Requests(call, by).map((request) => ({ ...request, by })));
  }
  const as = (request: Omit<Request, 'owner'>, owner = workerAccount): AskedFor => ({
    ...request,
    owner,
    by: 'worker',
  });
  switch (service) {
    case 'sqs': {
      const resource = queueArn(on === 'dead-letter' ? 'findings-dead-letter' : 'findings');
      return [as({ action: `sqs:${operation.replace(/Batch$/, '')}`, resource })];
    }
    case 'sns':
      return [
        as({
          action: 'sns:Publish',
          resource: `arn:aws:sns:${region}:${workerAccount}:macie-isolator-alerts`,
        }),
        as({ action: 'kms:GenerateDataKey', resource: key('topicskey'), context: through('sns') }),
        as({ action: 'kms:Decrypt', resource: key('topicskey'), context: through('sns') }),
      ];
    case 'sts': {
      const resource = `arn:aws:iam::${memberAccount}:role/macie-isolator-member`;
      const context = { 'sts:ExternalId': 'security-team-7' };
      return [as({ action: 'sts:AssumeRole', resource, context }, memberAccount)];
    }
    case 'macie2':
      return [
        as({ action: `macie2:${operation}`, resource: '*', context: { 'aws:RequestedRegion': region } }),
      ];
    case 'eventbridge': {
      const context = { 'events:source': ['macie-isolator'] };
      return [as({ action: `events:${operation}`, resource: outcomeBus, context })];
    }
    case 'ecs': {
      const resource = `arn:aws:ecs:${region}:${workerAccount}:task/macie-isolator/0123456789abcdef`;
      return [as({ action: `ecs:${operation}`, resource })];
    }
    case 'ssm': {
      const name = operation === 'GetParameter' ? 'macie-isolator-policy' : 'macie-isolator';
      const resource = `arn:aws:ssm:${region}:${workerAccount}:parameter/${name}`;
      return [as({ action: `ssm:${operation}`, resource })];
    }
  }
}

/** Of the isolation bucket: what is never asked with a member account's role. */
const onlyByWorker: ReadonlySet<string> = new Set([
  'HeadBucket',
  'HeadObject',
  'GetObject',
  'ListMultipartUploads',
]);

function s3Requests(call: AwsCall, by: 'worker' | 'member'): Request[] {
  const account = by === 'worker' ? workerAccount : memberAccount;
  const sourceBucket = `arn:aws:s3:::${by === 'worker' ? 'lake-raw' : 'member-data'}`;
  const source = { bucket: sourceBucket, object: `${sourceBucket}/hr/pay.csv`, owner: account };
  const target = on(call, account);
  const ofSource = (action: string): Request => ({ action, resource: source.object, owner: account });
  const decryptSource: Request = {
    action: 'kms:Decrypt',
    resource: `arn:aws:kms:${region}:${account}:key/of-the-lake`,
    owner: account,
    context: through('s3'),
  };
  const isolationKey = (action: string): Request => ({
    action,
    resource: key('isolationkey'),
    owner: workerAccount,
    context: through('s3'),
  });
  const here = call.on === 'isolation' ? { ...target, key: isolationKey } : undefined;
  const about = here?.object ?? source.object;
  const owner = here ? workerAccount : account;
  const of = (action: string, context?: Request['context']): Request => ({
    action,
    resource: about,
    owner,
    ...(context && { context }),
  });
  const ofBucket = (action: string): Request => ({
    action,
    resource: here ? isolationBucket : source.bucket,
    owner,
  });
  const version = (what: string, versioned = call.versioned === true) =>
    `s3:GetObject${versioned ? 'Version' : ''}${what}`;
  const creates = (isCreation: boolean) =>
    of('s3:PutObject', {
      's3:ObjectCreationOperation': String(isCreation),
      ...(call.ifNoneMatch && { 's3:if-none-match': '*' }),
    });
  const decrypts = here ? isolationKey('kms:Decrypt') : decryptSource;
  const readsSource = [ofSource(version('', call.sourceVersioned === true)), decryptSource];
  const ofTags = call.tagging ? [of('s3:PutObjectTagging')] : [];

  switch (call.operation) {
    case 'HeadBucket':
    case 'ListObjectsV2':
      return [ofBucket('s3:ListBucket')];
    case 'GetBucketVersioning':
    case 'GetBucketRequestPayment':
      return [ofBucket(`s3:${call.operation}`)];
    case 'ListObjectVersions':
      return [ofBucket('s3:ListBucketVersions')];
    case 'ListMultipartUploads':
      return [ofBucket('s3:ListBucketMultipartUploads')];
    case 'HeadObject':
      // Without permission to list, what is absent is "denied"; without the others no lock is shown.
      return [
        of(version('')),
        ofBucket('s3:ListBucket'),
        decrypts,
        ...(here ? [] : [of('s3:GetObjectRetention'), of('s3:GetObjectLegalHold')]),
      ];
    case 'GetObject':
      return [of(version('')), decrypts];
    case 'GetObjectTagging':
      return [of(version('Tagging'))];
    case 'PutObjectTagging':
      // What does not put the tag of the fence takes it away.
      return [
        of(call.versioned ? 's3:PutObjectVersionTagging' : 's3:PutObjectTagging', {
          [`s3:${call.putsFence ? 'Request' : 'Existing'}ObjectTag/${fenceTag}`]: 'x',
        }),
      ];
    case 'GetObjectAttributes':
      return [of(version('')), of(version('Attributes')), decrypts];
    case 'DeleteObject':
      if (call.versioned) return [of('s3:DeleteObjectVersion')];
      return [of('s3:DeleteObject'), ...(call.ifMatch ? [of('s3:GetObject')] : [])];
    case 'PutObject':
      return [creates(true), isolationKey('kms:GenerateDataKey')];
    case 'CopyObject':
      return [
        creates(true),
        ...ofTags,
        of('s3:PutObjectAnnotation'),
        ...readsSource,
        ...(call.tagging ? [ofSource(version('Tagging', call.sourceVersioned === true))] : []),
        ofSource(version('Annotation', call.sourceVersioned === true)),
        isolationKey('kms:GenerateDataKey'),
      ];
    case 'CreateMultipartUpload':
      return [creates(false), ...ofTags, isolationKey('kms:GenerateDataKey')];
    case 'UploadPartCopy':
      return [
        creates(false),
        ...readsSource,
        isolationKey('kms:GenerateDataKey'),
        isolationKey('kms:Decrypt'),
      ];
    case 'CompleteMultipartUpload':
      return [creates(true), isolationKey('kms:Decrypt'), isolationKey('kms:GenerateDataKey')];
    case 'ListParts':
      return [of('s3:ListMultipartUploadParts')];
    case 'AbortMultipartUpload':
      return [of('s3:AbortMultipartUpload')];
    default:
      throw new Error(`nobody has said which actions ${call.operation} needs`);
  }
}

function on({ prefix = '', underOwnAccount = false }: AwsCall, account: string) {
  const of = underOwnAccount ? account : '333333333333';
  const name = ['objects', 'objects-hashed', 'releases'].includes(prefix)
    ? `${prefix}/${of}/b/k@e`
    : prefix.endsWith('.json')
      ? prefix
      : `${prefix}/k.json`;
  return { object: `${isolationBucket}/${name}` };
}
