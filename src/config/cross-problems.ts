import { partitionOf } from '../core/partition.ts';
import { regionPattern } from '../core/region.ts';
import { isTopicArn } from '../core/topic-arn.ts';
import { isAwsHost, isSameQueue, regionOfQueue } from './aws-hosts.ts';
import type { Settings } from './parse-settings.ts';
import { policyPlace } from './policy/policy-place.ts';
import { defaultBackOff } from './schema/queue.ts';

/** Finds problems of combinations of settings, even if other settings are wrong. */
export function crossProblems(given: Settings): string[] {
  const problems: string[] = [];
  const endpoint = given['AWS_ENDPOINT_URL_S3'] ?? given['AWS_ENDPOINT_URL'];
  const isStandIn = endpoint !== undefined && !isAwsHost(endpoint);
  if (given['UNCONDITIONAL_DELETE'] === 'when-unsupported' && !isStandIn) {
    problems.push(
      'UNCONDITIONAL_DELETE must be never unless AWS_ENDPOINT_URL names a stand-in: S3 itself knows conditional deletes.',
    );
  }
  if (!isStandIn && isReservedBucketName(given['ISOLATION_BUCKET'] ?? '')) {
    problems.push(
      'ISOLATION_BUCKET must be a general purpose bucket: S3 keeps names for itself that begin with xn--, sthree- or amzn-s3-demo-, or end with -s3alias, --ol-s3, .mrap, --x-s3 or --table-s3.',
    );
  }
  const [queue = '', deadLetterQueue = ''] = [given['QUEUE_URL'], given['DEAD_LETTER_QUEUE_URL']];
  // A parked message would come back at once, and be parked again without end.
  if (deadLetterQueue !== '' && isSameQueue(queue, deadLetterQueue)) {
    problems.push('DEAD_LETTER_QUEUE_URL must be another queue than QUEUE_URL.');
  }
  if (given['MEMBER_ROLE_EXTERNAL_ID'] !== undefined && given['MEMBER_ROLE_NAME'] === undefined) {
    problems.push('MEMBER_ROLE_EXTERNAL_ID must not be set without MEMBER_ROLE_NAME.');
  }
  if (given['POLICY'] !== undefined && given['POLICY_FILE'] !== undefined) {
    problems.push('POLICY must not be set beside POLICY_FILE.');
  }
  const place = policyPlace(given['POLICY_FILE'] ?? '');
  if (place?.kind === 's3' && place.bucket === given['ISOLATION_BUCKET']) {
    problems.push(
      'POLICY_FILE must not be in the isolation bucket: workers write there, and a policy may remove data.',
    );
  }
  const base = Number(given['BACKOFF_BASE_SECONDS'] ?? defaultBackOff.baseSeconds);
  const max = Number(given['BACKOFF_MAX_SECONDS'] ?? defaultBackOff.maxSeconds);
  if (max < base) problems.push('BACKOFF_MAX_SECONDS must not be less than BACKOFF_BASE_SECONDS.');
  const region = regionOfQueue(queue);
  const isAwsQueue = given['AWS_ENDPOINT_URL'] === undefined && given['AWS_ENDPOINT_URL_SQS'] === undefined;
  if (isAwsQueue && region !== undefined && ![undefined, region].includes(given['AWS_REGION'])) {
    problems.push('AWS_REGION must be the region of QUEUE_URL.');
  }
  const deadLetterRegion = regionOfQueue(deadLetterQueue);
  if (isAwsQueue && deadLetterRegion !== undefined && ![undefined, deadLetterRegion].includes(region)) {
    problems.push('DEAD_LETTER_QUEUE_URL must be a queue of the region of QUEUE_URL.');
  }
  return [...problems, ...problemsOfPlaces(given)];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; stand-ins have buckets of such names. */
function isReservedBucketName(name: string): boolean {
  return /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
}

/** SNS and S3 refuse what names another region than they are called in, and nothing reaches into another partition. */
function problemsOfPlaces(given: Settings): string[] {
  const region = given['AWS_REGION'];
  if (region === undefined) return [];
  const partition = partitionOf(region);
  const problems: string[] = [];
  const isHere = (arn: string, service: string) => arn.startsWith(`arn:${partition}:${service}:${region}:`);
  const topic = given['ALERT_TOPIC_ARN'];
  if (topic !== undefined && isTopicArn(topic) && !isHere(topic, 'sns')) {
    problems.push(
      `ALERT_TOPIC_ARN must be a topic of AWS_REGION, in which the worker publishes: it must begin with arn:${partition}:sns:${region}:.`,
    );
  }
  const key = given['ISOLATION_KMS_KEY_ID'];
  if (key?.startsWith('arn:') && !isHere(key, 'kms')) {
    problems.push(
      `ISOLATION_KMS_KEY_ID must be a key of AWS_REGION, the region of the isolation bucket: as an ARN it must begin with arn:${partition}:kms:${region}:.`,
    );
  }
  const bus = given['OUTCOME_BUS_ARN'];
  if (bus?.startsWith('arn:aws') && !bus.startsWith(`arn:${partition}:`)) {
    problems.push(
      `OUTCOME_BUS_ARN must be a bus of the partition of AWS_REGION: it must begin with arn:${partition}:.`,
    );
  }
  const regions = given['ALLOWED_SOURCE_REGIONS']?.split(',').map((name) => name.trim()) ?? [];
  if (regions.some((name) => regionPattern.test(name) && partitionOf(name) !== partition)) {
    problems.push(
      'ALLOWED_SOURCE_REGIONS must hold regions of the partition of AWS_REGION only: S3 copies from no other partition.',
    );
  }
  return problems;
}
