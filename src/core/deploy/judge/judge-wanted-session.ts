import { judgeSession, type MacieSession } from '../../operate/doctor/judge-macie.ts';
import { look, ok, type Verdict, wrong } from '../../operate/doctor/verdict.ts';
import type { Answers } from '../answers.ts';

/** Whether Macie is as the answer says. A session that exists cannot be created, and one that does not finds nothing. */
export function judgeWantedSession(
  wanted: Answers['macie'],
  session: MacieSession | undefined,
  /** Whether the stack of macie.yaml exists, which may hold the session. */
  hasStack: boolean,
): Verdict {
  if (wanted === 'elsewhere') return ok('findings come from elsewhere');
  if (wanted === 'enabled' || wanted === 'by-hand') {
    return session === undefined
      ? wrong(
          'Macie is not enabled in this account and region, and the answer says that it is.',
          'Answer --macie enable.',
        )
      : judgeSession(session);
  }
  if (session === undefined && hasStack) {
    return look('Macie was disabled outside of its stack, and finds nothing.', 'aws macie2 enable-macie');
  }
  if (session === undefined) return ok('will be enabled');
  if (hasStack) return judgeSession(session);
  return wrong(
    'Macie is enabled already, so CloudFormation cannot enable it.',
    'Answer --macie enabled; add --heartbeat yes if others who read its events know of sample findings.',
  );
}
