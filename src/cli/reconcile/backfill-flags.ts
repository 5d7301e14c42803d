import type { OutputFlags } from '../frame/output.ts';
import type { FilterFlags } from '../list/list-filters.ts';
import type { OperatorFlags } from '../open-operator.ts';
import type { SpanFlags } from './findings-place.ts';

export interface BackfillFlags
  extends OperatorFlags,
    OutputFlags,
    SpanFlags,
    Pick<FilterFlags, 'account' | 'bucket' | 'identifier' | 'key' | 'severity'> {
  readonly again?: boolean;
  readonly rate: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}
