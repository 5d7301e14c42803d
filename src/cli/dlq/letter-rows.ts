import type { LetterSummary } from '../../core/operate/dead-letters/dead-letter.ts';
import type { Column } from '../frame/column.ts';

/** A parked message, and what a command did about it. */
export interface LetterRow {
  readonly letter: LetterSummary;
  readonly result?: string;
}

type LetterColumn = Column<LetterRow>;

const message: LetterColumn = {
  name: 'message_id',
  title: 'MESSAGE',
  value: ({ letter }) => letter.messageId,
  isWhole: true,
};
const finding: LetterColumn = {
  name: 'finding_id',
  title: 'FINDING',
  value: ({ letter }) => letter.findingId ?? null,
  isWhole: true,
};
const common: readonly LetterColumn[] = [
  { name: 'queue', title: 'QUEUE', value: ({ letter }) => letter.queue },
  { name: 'outcome', title: 'OUTCOME', value: ({ letter }) => letter.outcome ?? null },
  { name: 'reason', title: 'REASON', value: ({ letter }) => letter.reason },
];
const details: readonly LetterColumn[] = [
  { name: 'sent_at', title: 'SENT', value: ({ letter }) => letter.sentAt.toISOString(), isDetail: true },
  { name: 'receives', title: 'RECEIVES', value: ({ letter }) => letter.receives, isDetail: true },
  { name: 'size_bytes', title: 'BYTES', value: ({ letter }) => letter.sizeBytes, isDetail: true },
  { name: 'kept_at', title: 'KEPT AT', value: ({ letter }) => letter.keptAt ?? null, isDetail: true },
  {
    name: 'attributes',
    title: 'ATTRIBUTES',
    value: ({ letter }) => letter.attributes,
    isDetail: true,
  },
];

/** The columns of `dlq list`. */
export function listColumns(now: Date): readonly LetterColumn[] {
  return [
    message,
    finding,
    ...common,
    {
      name: 'age_seconds',
      title: 'AGE',
      value: ({ letter }) => ageOf(letter, now),
      text: ({ letter }) => ageText(ageOf(letter, now)),
    },
    { name: 'replays', title: 'REPLAYS', value: ({ letter }) => letter.replays },
    ...details,
  ];
}

/** The columns of `dlq replay` and `dlq discard`. */
export const resultColumns: readonly LetterColumn[] = [
  message,
  finding,
  ...common,
  { name: 'result', title: 'RESULT', value: ({ result }) => result ?? null },
];

function ageOf({ sentAt }: LetterSummary, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - sentAt.getTime()) / 1_000));
}

/** Shows an age as people say it: 45s, 12m, 3h, 2d. */
function ageText(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
