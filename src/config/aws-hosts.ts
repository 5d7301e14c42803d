import { regionPattern } from '../core/region.ts';

/** The domains of AWS in every partition, for both stacks, as the SDK's partitions list them. */
const awsDomains = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'amazonwebservices.com.cn',
  'amazonwebservices.eu',
  // Amazon owns the whole top-level domain `.aws`, for example api.aws and on.aws.
  'aws',
  'c2s.ic.gov',
  'aws.ic.gov',
  'sc2s.sgov.gov',
  'aws.scloud',
  'cloud.adc-e.uk',
  'cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'aws.hci.ic.gov',
] as const;

/** Whether a URL leads to AWS itself and not to a stand-in. FIPS, dual-stack and VPC endpoints are included. */
export function isAwsHost(url: string): boolean {
  const host = hostOf(url);
  return host !== undefined && awsDomains.some((domain) => host.endsWith(`.${domain}`));
}

/** Returns the region in the URL of a queue, or `undefined` if the URL is not an AWS URL or names no region. */
export function regionOfQueue(url: string): string | undefined {
  return isAwsHost(url)
    ? hostOf(url)
        ?.split('.')
        .find((label) => regionPattern.test(label))
    : undefined;
}

/** Returns the account in the URL of a queue. It owns the isolation bucket too. */
export function accountOfQueue(url: string): string {
  return url.split('/').at(-2) ?? '';
}

/** Whether two URLs lead to one queue. A queue has several hosts: of SQS in two spellings, of endpoints, of stand-ins. */
export function isSameQueue(url: string, other: string): boolean {
  const nameOf = (queueUrl: string) => queueUrl.split('/').slice(-2).join('/');
  const [region, otherRegion] = [regionOfQueue(url), regionOfQueue(other)];
  const areApart = region !== undefined && otherRegion !== undefined && region !== otherRegion;
  return nameOf(url) === nameOf(other) && !areApart;
}

function hostOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  // A host name with a trailing dot is the same host.
  return new URL(url).hostname.toLowerCase().replace(/\.+$/, '');
}
