import { nearest } from '../../config/policy/nearest.ts';
import type { Answers, GivenAnswers } from '../../core/deploy/answers.ts';
import { idleAnswers } from '../../core/deploy/idle-answers.ts';
import type { DeployPorts } from '../../core/deploy/stack/deploy-ports.ts';
import { usageError } from '../frame/command-error.ts';
import { visible } from '../frame/terminal.ts';

/** Throws a usage error if nothing would happen by an answer: a parameter that its template does not have, or a stack that is not deployed. */
export function refuseUselessAnswers(
  answers: Answers,
  given: GivenAnswers,
  ports: Pick<DeployPorts, 'template'>,
): void {
  const lines = [...unknownParameters(answers, ports), ...idleAnswers(answers, given)].map(visible);
  if (lines.length === 0) return;
  throw usageError(`Answers are missing or wrong:${lines.map((line) => `\n  ${line}`).join('')}`);
}

function unknownParameters(
  { parameters }: Answers,
  { template: templateOf }: Pick<DeployPorts, 'template'>,
): readonly string[] {
  return Object.entries(parameters).flatMap(([template, given]) => {
    const known = templateOf(template as keyof typeof parameters).parameters;
    const unknown = Object.keys(given).filter((name) => !known.includes(name));
    return unknown.map((name) => {
      const near = nearest(name, known);
      const meant = near === undefined ? '' : ` Did you mean ${near}?`;
      return `${template}.yaml has no parameter ${name}.${meant} deploy/ecs/parameters.md lists them.`;
    });
  });
}
