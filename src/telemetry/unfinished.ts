import type { Finding } from '../core/finding.ts';
import type { Message } from '../core/message.ts';
import { originOutsideObjective } from './exposure.ts';

/** The objective: an object is isolated within this time after the creation of its finding. */
const objectiveMs = 300_000;
const manyReceives = 5;

interface Unfinished {
  readonly severity: string;
  readonly createdAtMs: number;
  readonly receiveCount: number;
  readonly inObjective: boolean;
  /** The object is to be isolated, so the finding can miss the objective. */
  isToBeIsolated: boolean;
  missed: boolean;
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
 * the objective once: when it turns five minutes old here, or at its first receive if it is older by then. A
 * finding that turned five minutes old at another worker counts there.
 */
export function createUnfinished(onMissed: (severity: string) => void, now: () => Date) {
  const findings = new Map<string, Unfinished>();

  const miss = (finding: Unfinished): void => {
    if (finding.missed || !finding.isToBeIsolated || !finding.inObjective) return;
    finding.missed = true;
    onMissed(finding.severity);
  };
  /** Counts the findings that turned five minutes old until `atMs`. */
  const pass = (finding: Unfinished, atMs: number): void => {
    if (finding.createdAtMs + objectiveMs <= Math.min(atMs, finding.invisibleUntilMs)) miss(finding);
  };
  const forget = (id: string, finding: Unfinished, atMs: number): void => {
    pass(finding, atMs);
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
        missed: earlier?.missed ?? false,
        invisibleUntilMs: Number.POSITIVE_INFINITY,
      });
    },
    isolationBegins(message: Message): void {
      const finding = findings.get(message.id);
      if (!finding || finding.isToBeIsolated) return;
      finding.isToBeIsolated = true;
      const wasOld = finding.createdAtMs + objectiveMs <= now().getTime();
      // At a later receive, an earlier receive, here or elsewhere, has counted the finding.
      if (wasOld && message.receiveCount > 1) finding.missed = true;
      if (wasOld) miss(finding);
    },
    /** The finding ended as retained, refused or held, and misses the objective unless it missed by its age already. */
    kept(message: Message, severity: string): void {
      const finding = findings.get(message.id);
      const isYoung = !finding || finding.createdAtMs + objectiveMs > now().getTime();
      if (finding) finding.missed = true;
      if (isYoung && originOutsideObjective(message) === undefined) onMissed(severity);
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
        pass(finding, atMs);
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
