import { look, ok, problemsOr, type Verdict, wrong } from '../../operate/doctor/verdict.ts';

export interface Subnet {
  readonly id: string;
  /** Absent if the subnet does not exist in this account and region. */
  readonly found?: { readonly zone: string; readonly vpc: string };
}

export function judgeSubnets(subnets: readonly Subnet[]): Verdict {
  const absent = subnets.filter(({ found }) => found === undefined).map(({ id }) => id);
  const zones = new Set(subnets.flatMap(({ found }) => found?.zone ?? []));
  const vpcs = new Set(subnets.flatMap(({ found }) => found?.vpc ?? []));
  const list =
    'Choose others: aws ec2 describe-subnets --query "Subnets[].[SubnetId,AvailabilityZone,VpcId]"';
  return problemsOr(ok([...zones].join(', ')), [
    absent.length > 0 ? wrong(`These subnets do not exist here: ${absent.join(', ')}.`, list) : undefined,
    absent.length === 0 && zones.size < 2
      ? wrong(`All subnets are in ${[...zones].join()}: its failure would stop the service.`, list)
      : undefined,
    vpcs.size > 1 ? wrong(`The subnets are in several networks: ${[...vpcs].join(', ')}.`, list) : undefined,
  ]);
}

/** The quota that every account begins with. The quota itself is asked from a service of its own. */
const usualVpcs = 5;

export function judgeVpcs(count: number): Verdict {
  if (count < usualVpcs) return ok(`${count} of ${usualVpcs} networks`);
  return look(
    `The region has ${count} networks, and accounts begin with a quota of ${usualVpcs}. The deployment makes one more.`,
    'Look: aws service-quotas get-service-quota --service-code vpc --quota-code L-F678F1CE',
  );
}
