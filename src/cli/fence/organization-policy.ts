import { organizationDenial } from '../../core/fence/denial.ts';
import { type Installation, sparedRoles } from '../../core/fence/spared-roles.ts';
import { CommandError, usageError } from '../frame/command-error.ts';
import { visible } from '../frame/terminal.ts';

/** The limit of AWS Organizations for a resource control policy, in characters. */
const maximumCharacters = 5_120;

export function checkOrganization(id: string): void {
  if (!/^o-[a-z0-9]{10,32}$/.test(id)) {
    throw usageError(
      `--organization takes the id of an organization, such as o-a1b2c3d4e5; not ${visible(id)}.`,
    );
  }
}

/** The denial as a resource control policy, and the sentences that say where it is attached and whom it spares. */
export function organizationText(id: string, installation: Installation, more: readonly string[]) {
  const spared = [...sparedRoles(installation, '*'), ...more];
  const policy = organizationDenial(id, spared);
  const size = JSON.stringify(policy).length;
  if (size > maximumCharacters) {
    throw new CommandError(
      `The policy would have ${size} characters, and AWS Organizations takes ${maximumCharacters}. Spare fewer roles.`,
    );
  }
  const guide = [
    `Attach it to the root of ${id}, to an organizational unit or to an account that holds source buckets, with the management account or the delegated administrator:`,
    '  aws organizations create-policy --type RESOURCE_CONTROL_POLICY --name isolator-fence --description "Denies reading objects that macie-isolator fenced" --content file://fence.json',
    '  aws organizations attach-policy --policy-id p-... --target-id r-...',
    'It spares these roles:',
    ...spared.map((arn) => `  ${arn}`),
    'It does not hold in the management account, and not for service-linked roles. Try it on one account first, and prove each bucket with fence check.',
    '',
  ];
  return { policy, guide: guide.join('\n') };
}
