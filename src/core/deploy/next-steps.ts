import type { Answers } from './answers.ts';
import { stackName } from './installation.ts';
import type { DeployedStack } from './stack/deploy-stack.ts';

/** The steps that a person takes after a deployment, as lines. */
export function nextSteps(answers: Answers, deployed: readonly DeployedStack[]): readonly string[] {
  const stackOf = (template: string) => deployed.find(({ wanted }) => wanted.template === template);
  if (deployed.every(({ result }) => result === 'up to date')) return ['Everything is up to date.'];
  const dataPlane = stackOf('data-plane');
  const isNew = dataPlane?.result === 'created' || dataPlane?.result === 'created anew';
  const at = `--stack ${stackName(answers.prefix, 'data-plane')}`;
  const bucket = dataPlane?.stack.outputs['DataBucketName'] ?? answers.sourceBuckets[0] ?? 'BUCKET';
  const mails = [...new Set([answers.alertEmail, answers.alarmEmail ?? answers.alertEmail])].join(' and ');
  const topic = dataPlane?.stack.outputs['AlertTopicArn'] ?? '';
  const steps = [
    ...(isNew
      ? [
          `Confirm the subscriptions that were mailed to ${mails}: aws sns confirm-subscription ` +
            `--authenticate-on-unsubscribe true --topic-arn ${topic} --token TOKEN, with the token in the link ` +
            '(a click confirms too, but then everybody with the mail can end the subscription).',
          `Try it: upload trial.csv to ${bucket}, then macie-isolator isolate s3://${bucket}/trial.csv --reason trial ${at}; ` +
            `macie-isolator list ${at} shows ${answers.mode === 'dry-run' ? 'that it would be isolated' : 'the first isolated object'}.`,
        ]
      : []),
    `Check it: macie-isolator doctor ${at}`,
    ...(answers.mode === 'dry-run'
      ? [
          'Nothing is removed yet (dry run). When macie-isolator list has shown for some days what should be isolated: ' +
            `macie-isolator deploy with --mode enforce, then macie-isolator reconcile --send-dry-run ${at} for the findings of the meantime.`,
        ]
      : []),
    ...(answers.organizationId !== undefined
      ? ['Member accounts: deploy member-role.yaml in each (deploy/ecs/README.md).']
      : []),
  ];
  return ['Next:', ...steps.map((step, index) => `${index + 1}. ${step}`)];
}
