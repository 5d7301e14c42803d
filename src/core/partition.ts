/** A partition of AWS: its name in ARNs, the beginning of its regions, and the domain of its services. */
interface Partition {
  readonly name: string;
  readonly regions: string;
  readonly domain: string;
}

/** Every partition but `aws`, to which all other regions belong. */
const partitions: readonly Partition[] = [
  { name: 'aws-cn', regions: 'cn-', domain: 'amazonaws.com.cn' },
  { name: 'aws-us-gov', regions: 'us-gov-', domain: 'amazonaws.com' },
  { name: 'aws-iso', regions: 'us-iso-', domain: 'c2s.ic.gov' },
  { name: 'aws-iso-b', regions: 'us-isob-', domain: 'sc2s.sgov.gov' },
  { name: 'aws-iso-e', regions: 'eu-isoe-', domain: 'cloud.adc-e.uk' },
  { name: 'aws-iso-f', regions: 'us-isof-', domain: 'csp.hci.ic.gov' },
  { name: 'aws-eusc', regions: 'eusc-', domain: 'amazonaws.eu' },
];

export function partitionOf(region: string): string {
  return partitions.find(({ regions }) => region.startsWith(regions))?.name ?? 'aws';
}

/** Returns the domain of hosts, which also stands in `kms:ViaService`. */
export function domainOf(partition: string): string {
  return partitions.find(({ name }) => name === partition)?.domain ?? 'amazonaws.com';
}
