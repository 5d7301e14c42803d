/** Where an installation has its roles, by the names of the templates. */
export interface Installation {
  readonly partition: string;
  /** The account of queue and isolation bucket. */
  readonly accountId: string;
  readonly region: string;
  readonly prefix: string;
  /** Begins and ends with a slash. */
  readonly rolePath: string;
}

/** The ARN of a role of the installation's own account. Its name holds the region. */
function ownRole(installation: Installation, name: 'worker' | 'operator' | 'investigator'): string {
  const { accountId, prefix, region } = installation;
  return arnOf(installation, accountId, `${prefix}-${name}-${region}`);
}

/** The ARN of a role that has the same name in every account. `*` is any account. */
export function roleIn(
  accountId: string,
  installation: Installation,
  name: 'member' | 'fence-probe',
): string {
  return arnOf(installation, accountId, `${installation.prefix}-${name}`);
}

function arnOf({ partition, rolePath }: Installation, accountId: string, name: string): string {
  return `arn:${partition}:iam::${accountId}:role${rolePath}${name}`;
}

/** The roles that a fence spares: they isolate, lift the fence, or look into a case. */
export function sparedRoles(installation: Installation, sourceAccountId: string): readonly string[] {
  const isOwn = sourceAccountId === installation.accountId;
  return [
    ownRole(installation, 'worker'),
    ...(isOwn ? [] : [roleIn(sourceAccountId, installation, 'member')]),
    ownRole(installation, 'operator'),
    ownRole(installation, 'investigator'),
  ];
}
