import { look, ok, type Verdict, wrong } from './verdict.ts';

/** The settings of Macie in the account and region. */
export interface MacieSession {
  readonly status: string;
  /** How often updates of policy findings are published. */
  readonly publishingFrequency?: string;
}

const enableMacie = 'aws macie2 enable-macie; or: Deploy macie.yaml.';

export function judgeSession(session: MacieSession | undefined): Verdict {
  if (session === undefined) {
    return wrong('Macie is not enabled in this account and region.', enableMacie);
  }
  if (session.status === 'ENABLED') return ok();
  return wrong(
    `Macie is ${session.status.toLowerCase()}: it finds nothing.`,
    'aws macie2 update-macie-session --status ENABLED',
  );
}

const frequencies: Readonly<Record<string, string>> = {
  FIFTEEN_MINUTES: 'every 15 minutes',
  ONE_HOUR: 'every hour',
  SIX_HOURS: 'every 6 hours',
};

/** No setting keeps a new finding from EventBridge. The frequency holds for policy findings that come again. */
export function judgePublishing(session: MacieSession | undefined): Verdict {
  if (session === undefined) return wrong('Macie publishes nothing: it is not enabled.', enableMacie);
  const updates = frequencies[session.publishingFrequency ?? ''] ?? session.publishingFrequency ?? 'unknown';
  return ok(`new findings at once; policy findings that come again ${updates}`);
}

/** A member account sees only what its own jobs find. */
export function judgeAdministrator(administrator: string | undefined, account: string): Verdict {
  if (administrator === undefined || administrator === account) {
    return ok('none above this account');
  }
  return look(
    `The Macie administrator is ${administrator}: what automated discovery and its jobs find comes to its EventBridge, and its filters and exclusions hold.`,
    `Install macie-isolator in ${administrator}, or make sure that jobs of this account scan its buckets.`,
  );
}
