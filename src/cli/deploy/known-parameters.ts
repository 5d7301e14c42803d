import { nearest } from '../../config/policy/nearest.ts';
import type { Answers } from '../../core/deploy/answers.ts';
import type { DeployPorts } from '../../core/deploy/stack/deploy-ports.ts';
import { usageError } from '../frame/command-error.ts';
import { visible } from '../frame/terminal.ts';

/** Throws a usage error if an answer names a parameter that its template does not have: nothing would happen by it. */
export function refuseUnknownParameters(
  { parameters }: Pick<Answers, 'parameters'>,
  { template: templateOf }: Pick<DeployPorts, 'template'>,
): void {
  const lines = Object.entries(parameters).flatMap(([template, given]) => {
    const known = templateOf(template as keyof typeof parameters).parameters;
    const unknown = Object.keys(given).filter((name) => !known.includes(name));
    return unknown.map((name) => {
      const near = nearest(name, known);
      const meant = near === undefined ? '' : ` Did you mean ${near}?`;
      return `${template}.yaml has no parameter ${visible(name)}.${meant} deploy/ecs/parameters.md lists them.`;
    });
  });
  if (lines.length === 0) return;
  throw usageError(`Answers are missing or wrong:${lines.map((line) => `\n  ${line}`).join('')}`);
}
