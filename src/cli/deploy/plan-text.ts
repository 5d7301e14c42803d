import type { PlannedStack } from '../../core/deploy/plan-installation.ts';
import type { ResourceChange } from '../../core/deploy/stack/stacks.ts';
import type { Column } from '../frame/output.ts';
import { countText } from '../frame/size-text.ts';
import { visible } from '../frame/terminal.ts';

/** One resource of a plan, or a stack as a whole. */
export interface PlanRow {
  readonly stack: string;
  /** `left-out`: no answer asks for the stack any more, and it stays. */
  readonly step: PlannedStack['step'] | 'left-out';
  readonly change?: ResourceChange;
}

export const planColumns: readonly Column<PlanRow>[] = [
  { name: 'stack', title: 'STACK', value: ({ stack }) => stack },
  { name: 'step', title: 'STEP', value: ({ step }) => step },
  { name: 'action', title: 'ACTION', value: ({ change }) => change?.action ?? null },
  { name: 'resource', title: 'RESOURCE', value: ({ change }) => change?.resource ?? null },
  { name: 'type', title: 'TYPE', value: ({ change }) => change?.type ?? null },
];

export function planRows({ changes, step, wanted }: PlannedStack): readonly PlanRow[] {
  const stack = wanted.name;
  return changes.length === 0 ? [{ stack, step }] : changes.map((change) => ({ stack, step, change }));
}

const stepTexts: Readonly<Record<PlannedStack['step'], (count: string) => string>> = {
  create: (count) => `is created (${count})`,
  'create-anew': (count) => `is deleted and created anew, because its creation had failed (${count})`,
  update: (count) => `is updated (${count})`,
  'up-to-date': () => 'is up to date',
  wait: () => 'is waited for: CloudFormation is at work on it',
  follow: () => 'follows: its changes are known when the stacks before it exist',
};

const signs = { add: '+', modify: '~', remove: '-', replace: '!', 'may-replace': '?' } as const;

/** The lines about one stack that a person reads before the question. New resources are counted, not listed. */
export function planText({ changes, refusal, step, wanted }: PlannedStack): string {
  const lines = step === 'update' ? changes.map(changeLine) : [];
  const text = `${wanted.name} ${stepTexts[step](countText(changes.length, 'resource'))}`;
  return [`${text}${refusal === undefined ? '' : ', which is refused'}`, ...lines]
    .map((line) => `${visible(line)}\n`)
    .join('');
}

function changeLine({ action, resource, type }: ResourceChange): string {
  const words = action === 'replace' ? ', replaced' : action === 'may-replace' ? ', perhaps replaced' : '';
  return `  ${signs[action]} ${resource} (${type})${words}`;
}
