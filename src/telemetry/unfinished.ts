import type { Finding } from '../core/finding.ts';
import type { Message } from '../core/message.ts';
import { originOutsideObjective } from './exposure.ts';
import { createFirstTime } from './first-time.ts';

/** The objective: an object is isolated within this time after the creation of its finding. */
const objectiveMs = 300_000;
const manyReceives = 5;
/** How many counted misses are remembered, for messages that come again. */
const remembered = 5_000;

interface Unfinished {
  readonly severity: string;
  readonly createdAtMs: number;
  readonly receiveCount: number;
  readonly inObjective: boolean;
  /** The object is to be isolated, so the finding can miss the objective. */
  isToBeIsolated: boolean;
  /** Its age does not count it: another worker may have counted it, so that only its end tells whether it missed. */
  countsAtEnd: boolean;
  /** The message is invisible until this time after a back-off. Afterwards any worker may receive it. */
  invisibleUntilMs: number;
}

export interface UnfinishedCounts {
  /** The earliest creation time in seconds, by severity. */
  readonly oldest: ReadonlyMap<string, number>;
  readonly retried: number;
}

export type UnfinishedFindings = ReturnType<typeof createUnfinished>;

/**
 * Tracks the findings that this worker has in work or has backed off. A finding that is to be isolated misses
 * the objective once: when it turns five minutes old here, or at its first receive if it is older by then. A finding
 * that comes to this worker at a later receive and is older by then counts at its end, unless this
 * worker has counted it already. Another worker may have counted it too: none knows what the others have counted, and a
 * miss that counts twice is better than a miss that nobody counts.
 */
export function createUnfinished(onMissed: (severity: string) => void, now: () => Date) {
  const findings = new Map<string, Unfinished>();
  const isFirstMiss = createFirstTime(remembered);

  const miss = (id: string, severity: string): void => {
    if (isFirstMiss(id)) onMissed(severity);
  };
  /** Counts the finding if it turned five minutes old until `atMs`. */
  const pass = (id: string, finding: Unfinished, atMs: number): void => {
    if (!finding.isToBeIsolated || !finding.inObjective || finding.countsAtEnd) return;
    if (finding.createdAtMs + objectiveMs <= Math.min(atMs, finding.invisibleUntilMs))
      miss(id, finding.severity);
  };
  const forget = (id: string, finding: Unfinished, atMs: number): void => {
    pass(id, finding, atMs);
    findings.delete(id);
  };

  return {
    read(message: Message, { severity, createdAt }: Pick<Finding, 'severity' | 'createdAt'>): void {
      const earlier = findings.get(message.id);
      if (earlier) forget(message.id, earlier, now().getTime());
      findings.set(message.id, {
        severity: severity ?? 'None',
        createdAtMs: createdAt.getTime(),
        receiveCount: message.receiveCount,
        inObjective: originOutsideObjective(message) === undefined,
        isToBeIsolated: earlier?.isToBeIsolated ?? false,
        countsAtEnd: earlier?.countsAtEnd ?? false,
        invisibleUntilMs: Number.POSITIVE_INFINITY,
      });
    },
    isolationBegins(message: Message): void {
      const finding = findings.get(message.id);
      if (!finding || finding.isToBeIsolated) return;
      finding.isToBeIsolated = true;
      const isOld = finding.createdAtMs + objectiveMs <= now().getTime();
      // An earlier receive may have counted the finding, or may have ended before the finding was old.
      finding.countsAtEnd = isOld && message.receiveCount > 1;
      pass(message.id, finding, now().getTime());
    },
    /** The finding ended as retained, refused or held. */
    kept(message: Message, severity: string): void {
      if (originOutsideObjective(message) === undefined) miss(message.id, severity);
    },
    /** The object was removed so long after the creation of the finding. */
    isolated(message: Message, severity: string, seconds: number): void {
      const isLate = seconds * 1000 > objectiveMs;
      if (isLate && originOutsideObjective(message) === undefined) miss(message.id, severity);
    },
    backedOff(message: Message, seconds: number): void {
      const finding = findings.get(message.id);
      if (finding) finding.invisibleUntilMs = now().getTime() + seconds * 1000;
    },
    left(message: Message): void {
      const finding = findings.get(message.id);
      if (finding) forget(message.id, finding, now().getTime());
    },
    count(): UnfinishedCounts {
      const atMs = now().getTime();
      const oldest = new Map<string, number>();
      let retried = 0;
      for (const [id, finding] of findings) {
        pass(id, finding, atMs);
        if (finding.invisibleUntilMs <= atMs) {
          findings.delete(id);
          continue;
        }
        if (finding.receiveCount > manyReceives) retried += 1;
        // A backfill brings old findings, which say nothing about findings that are stuck now.
        if (!finding.inObjective) continue;
        const seconds = finding.createdAtMs / 1000;
        oldest.set(finding.severity, Math.min(seconds, oldest.get(finding.severity) ?? seconds));
      }
      return { oldest, retried };
    },
  };
}
