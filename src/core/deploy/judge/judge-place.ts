import { ok, type Verdict, wrong } from '../../operate/doctor/verdict.ts';

/** Answers that name an account were written for it: nothing is deployed into another one by mistake. */
export function judgeAccount(callerArn: string, wanted: string | undefined): Verdict {
  const account = callerArn.split(':')[4] ?? '';
  if (wanted === undefined || wanted === account) return ok(callerArn);
  return wrong(
    `The credentials are those of account ${account}, and the answers are for ${wanted}.`,
    'Name a profile of that account with --profile, or write other answers.',
  );
}

/** The types of macie.yaml, which not every region with Macie has. */
export const macieTypes = [
  'AWS::Macie::Session',
  'AWS::Macie::CustomDataIdentifier',
  'AWS::Macie::FindingsFilter',
] as const;

/** `missing` are types of CloudFormation that the region does not have. */
export function judgeWantedRegion(
  region: string,
  wanted: string | undefined,
  missing: readonly string[],
): Verdict {
  if (wanted !== undefined && wanted !== region) {
    return wrong(
      `The command asks ${region}, and the answers are for ${wanted}.`,
      `Repeat it with --region ${wanted}.`,
    );
  }
  if (missing.length === 0) return ok(region);
  return wrong(
    `CloudFormation has no ${missing.join(', ')} in ${region}.`,
    'Enable Macie by hand (aws macie2 enable-macie), answer --macie by-hand, and read "Regions" in deploy/ecs/README.md.',
  );
}
