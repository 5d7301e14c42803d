import { leftText } from '../../core/deploy/left-behind.ts';
import type { DeployReport } from '../../core/deploy/stack/deploy-ports.ts';
import type { Terminal } from '../frame/terminal.ts';
import { visible } from '../frame/terminal.ts';

/** A report on standard error, and what to say when the command is stopped in the middle. */
export interface StackReport extends DeployReport {
  /** What CloudFormation goes on with; absent if nothing is under way. */
  underWay(): { readonly stack: string; readonly doing: string } | undefined;
}

export function reportOn({ err }: Terminal): StackReport {
  let current: { readonly stack: string; readonly doing: string } | undefined;
  const line = (text: string) => void err.write(`${visible(text)}\n`);
  return {
    begins(stack, doing) {
      current = { stack, doing };
      line(`${stack}: ${doing}${doing === 'waiting for' ? ' what CloudFormation does already' : ''}`);
    },
    event(stack, { reason, resource, status, type }) {
      // The beginning of each resource would double the lines.
      if (status.endsWith('_IN_PROGRESS')) return;
      const why = reason !== undefined && status.endsWith('_FAILED') ? `: ${reason}` : '';
      line(`${stack}: ${status} ${resource} (${type})${why}`);
    },
    ends() {
      current = undefined;
    },
    leaves(stack, resource) {
      line(leftText(stack, resource));
    },
    waitsForNames(stack, seconds) {
      line(`${stack}: waiting ${seconds} s, because SQS keeps the names of deleted queues for a minute`);
    },
    underWay: () => current,
  };
}
