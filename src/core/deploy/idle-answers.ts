import { type Answers, type everyTemplate, type GivenAnswers, hasMacieStack } from './answers.ts';
import { wantedStacks } from './installation.ts';

type AnsweredTemplate = (typeof everyTemplate)[number];

/** The answer that deploys a template. Data plane and service are always deployed. */
const answerFor: Readonly<Record<Exclude<AnsweredTemplate, 'data-plane' | 'service'>, string>> = {
  network: 'network: own',
  macie: 'macie: enable, or macie: enabled',
  operations: 'also with operations',
  audit: 'also with audit',
  cloudwatch: 'also with cloudwatch',
  evidence: 'also with evidence',
};

/**
 * Returns a sentence for each answer that changes nothing beside the others: whoever gave it believes that it does something. `given`
 * are the answers of flags and file, because those of the stacks were given at another time.
 */
export function idleAnswers(answers: Answers, given: GivenAnswers): readonly string[] {
  return [...idleParameters(answers), ...idleWithoutAnother(answers, given)];
}

function idleParameters(answers: Answers): readonly string[] {
  const deployed = new Set<string>(
    wantedStacks({ answers, deployRoles: [], image: '' }).map(({ template }) => template),
  );
  return Object.entries(answers.parameters)
    .filter(([template]) => !deployed.has(template))
    .flatMap(([template, values]) =>
      Object.keys(values).map(
        (name) =>
          `${template}.${name} would change nothing, because these answers do not deploy ${template}.yaml. ` +
          `The answer that deploys it: ${answerFor[template as keyof typeof answerFor]}.`,
      ),
    );
}

function idleWithoutAnother(
  { heartbeat, macie, organizationId }: Answers,
  given: GivenAnswers,
): readonly string[] {
  const lines: string[] = [];
  if (given.heartbeat !== undefined && heartbeat === true && !hasMacieStack(macie)) {
    lines.push(
      `heartbeat: yes would change nothing, because macie: ${macie} does not deploy macie.yaml, which makes the heartbeat. ` +
        `The answer that deploys it: ${answerFor.macie}.`,
    );
  }
  if (given.memberRoleExternalId !== undefined && organizationId === undefined) {
    lines.push(
      'memberRoleExternalId would change nothing without organizationId: no member accounts are served.',
    );
  }
  return lines;
}
