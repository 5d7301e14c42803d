import { findingStates } from '../../core/operate/reconcile/finding-state.ts';
import type { Compared } from '../../core/operate/reconcile/send-findings.ts';
import type { Column } from '../frame/column.ts';

const sendings = {
  sent: 'sent',
  'too-large': 'not sent: too large for a message',
  'would-be-sent': 'would be sent',
} as const;

const sign: Column<Compared> = {
  name: 'sign',
  title: '',
  value: ({ state }) => findingStates[state].sign,
};

/** A table of a terminal has room for the day, not for the time. */
const about: readonly Column<Compared>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  {
    name: 'created_at',
    title: 'DAY',
    value: ({ finding }) => finding?.createdAt.toISOString() ?? null,
    text: ({ day }) => day,
    isWhole: true,
  },
  { name: 'severity', title: 'SEVERITY', value: ({ facts }) => facts?.severity ?? null, isWhole: true },
  { name: 'bucket', title: 'BUCKET', value: ({ facts }) => facts?.object?.bucket ?? null },
  { name: 'key', title: 'KEY', value: ({ facts }) => facts?.object?.key ?? null },
];

/** In a table one column says it all, so that a finding stays one line. */
const records: readonly Column<Compared>[] = [
  {
    name: 'outcomes',
    title: 'OUTCOMES',
    value: ({ outcomes }) => outcomes.join(', ') || null,
    text: ({ outcomes, reason, sending: of }) =>
      `${outcomes.join(', ') || '-'}${reason === undefined ? '' : ` (${reason})`}${of === undefined ? '' : `; ${sendings[of]}`}`,
    isProse: true,
  },
  { name: 'reason', title: 'REASON', value: ({ reason }) => reason ?? null, isDetail: true },
];

const sending: Column<Compared> = {
  name: 'result',
  title: 'RESULT',
  value: ({ sending: of, state }) => {
    if (state === 'not-given') return 'not sent: Macie did not give it';
    return of === undefined ? null : sendings[of];
  },
};

/** The columns of `backfill`. */
export const backfillColumns: readonly Column<Compared>[] = [...about, sending];

/** The columns of `reconcile`. */
export const reconcileColumns: readonly Column<Compared>[] = [
  sign,
  ...about,
  ...records,
  { name: 'state', title: 'STATE', value: ({ state }) => state, isDetail: true },
  { ...sending, isDetail: true },
];
