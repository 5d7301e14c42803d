import {
  type Change,
  type CloudFormationClient,
  paginateDescribeChangeSet,
} from '@aws-sdk/client-cloudformation';
import type { ChangeSet, ResourceChange } from '../../core/deploy/stack/stacks.ts';
import { listOf } from '../sdk/answered.ts';

/** The two texts of CloudFormation for a change set that would change nothing. It has no code for that. */
const nothingToChange = /didn't contain changes|No updates are to be performed/i;

export async function readChangeSet(client: CloudFormationClient, id: string): Promise<ChangeSet> {
  const changes: ResourceChange[] = [];
  for await (const { Changes, Status, StatusReason = '' } of paginateDescribeChangeSet(
    { client },
    { ChangeSetName: id },
  )) {
    if (Status === 'FAILED') {
      return nothingToChange.test(StatusReason)
        ? { state: 'empty' }
        : { state: 'failed', reason: StatusReason };
    }
    if (Status !== 'CREATE_COMPLETE') return { state: 'pending' };
    changes.push(...listOf(Changes, 'DescribeChangeSet').flatMap(changeOf));
  }
  return { state: 'ready', changes };
}

function changeOf({ ResourceChange: change }: Change): readonly ResourceChange[] {
  if (change === undefined) return [];
  const { Action = '', LogicalResourceId: resource = '', Replacement, ResourceType: type = '' } = change;
  return [{ resource, type, action: actionOf(Action, Replacement) }];
}

/** `Dynamic`: CloudFormation cannot say yet what it will do. */
function actionOf(action: string, replacement: string | undefined): ResourceChange['action'] {
  if (action === 'Add' || action === 'Import') return 'add';
  if (action === 'Remove') return 'remove';
  if (replacement === 'True') return 'replace';
  return replacement === 'Conditional' || action === 'Dynamic' ? 'may-replace' : 'modify';
}
