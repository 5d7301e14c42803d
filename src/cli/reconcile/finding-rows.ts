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

const about: readonly Column<Compared>[] = [
  { name: 'finding_id', title: 'FINDING', value: ({ findingId }) => findingId, isWhole: true },
  {
    name: 'created_at',
    title: 'CREATED',
    value: ({ finding }) => finding?.createdAt.toISOString() ?? null,
    text: ({ day, finding }) => finding?.createdAt.toISOString().slice(0, 16).replace('T', ' ') ?? day,
  },
  { name: 'severity', title: 'SEVERITY', value: ({ facts }) => facts?.severity ?? null },
  { name: 'bucket', title: 'BUCKET', value: ({ facts }) => facts?.object?.bucket ?? null },
  { name: 'key', title: 'KEY', value: ({ facts }) => facts?.object?.key ?? null },
];

const records: readonly Column<Compared>[] = [
  { name: 'outcomes', title: 'OUTCOMES', value: ({ outcomes }) => outcomes.join(', ') || null },
  { name: 'reason', title: 'REASON', value: ({ reason }) => reason ?? null },
];

const sending: Column<Compared> = {
  name: 'result',
  title: 'RESULT',
  value: ({ sending: of }) => (of === undefined ? null : sendings[of]),
};

/** The columns of `backfill`. */
export const backfillColumns: readonly Column<Compared>[] = [...about, sending];

/** The columns of `reconcile`. */
export const reconcileColumns: readonly Column<Compared>[] = [
  sign,
  ...about,
  ...records,
  { name: 'state', title: 'STATE', value: ({ state }) => state, isDetail: true },
  sending,
];
