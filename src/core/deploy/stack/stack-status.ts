/** The way in which a deployment treats a stack of this status. */
export type StackState =
  | { readonly kind: 'settled' }
  /** CloudFormation is at work on it. */
  | { readonly kind: 'busy' }
  /** Nothing but a deletion is possible, and nothing is in the stack. */
  | { readonly kind: 'dead' }
  | { readonly kind: 'stuck'; readonly mend: string };

const settled = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];
/** `REVIEW_IN_PROGRESS` is a stack whose first change set was never carried out. */
const dead = ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED'];

export function stateOf(name: string, status: string): StackState {
  if (settled.includes(status)) return { kind: 'settled' };
  if (dead.includes(status)) return { kind: 'dead' };
  if (status.endsWith('_IN_PROGRESS')) return { kind: 'busy' };
  return { kind: 'stuck', mend: mendOf(name, status) };
}

function mendOf(name: string, status: string): string {
  const command = (words: string) => `aws cloudformation ${words} --stack-name ${name}`;
  switch (status) {
    case 'UPDATE_ROLLBACK_FAILED':
      return `Its events say why. Mend that, run \`${command('continue-update-rollback')}\`, then repeat this command.`;
    case 'UPDATE_FAILED':
      return `Run \`${command('rollback-stack')}\`, then repeat this command.`;
    case 'DELETE_FAILED':
      return `Its events say what could not be deleted. Mend that, run \`${command('delete-stack')}\`, then repeat this command.`;
    default:
      return `Look at its events: \`${command('describe-stack-events')}\`.`;
  }
}
