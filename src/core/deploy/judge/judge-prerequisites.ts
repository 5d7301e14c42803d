import { judgeTrails, type TrailSeen } from '../../operate/doctor/judge-trail.ts';
import { look, ok, type Verdict, wrong } from '../../operate/doctor/verdict.ts';

export const ecsRole = 'AWSServiceRoleForECS';

/** The first cluster of an account would create the role, but its service may start before the role exists. */
export function judgeEcsRole(exists: boolean): Verdict {
  return exists
    ? ok()
    : wrong(
        'The service-linked role of ECS does not exist.',
        'aws iam create-service-linked-role --aws-service-name ecs.amazonaws.com',
      );
}

/** Names that the templates give, and that a stack can create only if nobody has them. */
export function judgeNames(taken: readonly string[]): Verdict {
  if (taken.length === 0) return ok();
  return wrong(
    `These names are taken, and not by the stack that would create them: ${taken.join(', ')}.`,
    'Choose another --prefix, or delete what nobody uses. A queue keeps its name for 60 seconds after its deletion.',
  );
}

/** A stopped or missing trail keeps no deployment back. `makesTrail`: audit.yaml is deployed with one. */
export function judgeTrailBefore(trails: readonly TrailSeen[], makesTrail: boolean): Verdict {
  const verdict = judgeTrails(trails);
  if (verdict.state === 'ok' || verdict.state === 'unknown') return verdict;
  if (makesTrail) return ok('audit.yaml makes one');
  return look(
    verdict.why,
    `Add --also operations,audit --parameter audit.Trail=management, or: ${verdict.mend}`,
  );
}
