import { readdirSync, readFileSync } from 'node:fs';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, describe, expect, it } from 'vitest';
import { outcomes } from '../../../src/core/outcome.ts';
import { outcomeEventSchema } from '../../../src/core/outcome-event.ts';
import { eventAbout } from '../../../src/core/tell/outcome-event.ts';
import { evidenceRecord } from '../../../src/core/tell/record.ts';
import { matchesPattern } from '../../../src/local/event-bus/event-pattern.ts';
import { region, workerAccount } from '../../support/deployed.ts';
import { everyOutcome } from '../../support/every-outcome.ts';
import { finding, flaggedObject } from '../../support/findings.ts';
import { type InputTransformer, transformInput } from '../../support/input-transformer.ts';
import { renderTemplate } from '../../support/rendered-template.ts';

const folder = new URL('../../../examples/events/', import.meta.url).pathname;
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const withRule = files.filter((file) => file !== 'bus.yaml');

const stateMachine = `arn:aws:states:${region}:${workerAccount}:stateMachine:triage`;
const render = (file: string) =>
  renderTemplate(
    file,
    workerAccount,
    region,
    { StateMachineArn: stateMachine, Url: 'https://tickets.example.com/api', StoreName: 'tickets' },
    folder,
  );

interface Target {
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn: string };
  readonly InputTransformer?: InputTransformer;
}
interface Rule {
  readonly EventPattern: unknown;
  readonly Targets: readonly Target[];
}

function ruleOf(file: string): Rule {
  const rules = render(file).resources.filter(({ type }) => type === 'AWS::Events::Rule');
  expect(rules).toHaveLength(1);
  return rules[0]?.properties as unknown as Rule;
}

const at = new Date('2026-11-20T20:00:00.000Z');
/** Users of a bucket choose keys: this one would end a text of JSON, and add a field. */
const key = 'a", "title": "forged \\ \u0000.csv';

function eventOf(outcome: (typeof everyOutcome)[number]) {
  const record = evidenceRecord({
    finding: finding({ object: flaggedObject({ key }) }),
    outcome,
    isolationBucket: 'isolation',
    alert: 'sent',
    message: { id: 'm1', receiveCount: 1, sentAt: at },
    receivedAt: at,
    recordedAt: at,
    serviceVersion: '1.2.3',
  });
  const detail = eventAbout('records/dt=2026-11-20/f.json', JSON.stringify(record));
  return { source: 'macie-isolator', 'detail-type': outcomes[outcome.name].detailType, detail };
}

describe('the examples of rules', () => {
  const engine = new CelEngine();
  afterAll(() => engine.free());

  it.each(files)('%s is valid CloudFormation', (file) => {
    const { diagnostics } = engine.validateStandard(new TemplateFile(folder + file), {
      severityLevel: 'WARN',
      exclude: { ids: ['W9002', 'W9003'] },
    });

    expect(diagnostics.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it.each([
    ['step-functions.yaml', (name: string) => name === 'isolated'],
    ['chat.yaml', (name: string) => ['isolated', 'refused', 'retained'].includes(name)],
    ['ticket-webhook.yaml', (name: string, readable: string) => needsPerson(name, readable)],
    ['security-hub.yaml', (name: string, readable: string) => needsPerson(name, readable)],
  ])('%s takes the outcomes that it is for', (file, isFor) => {
    const { EventPattern } = ruleOf(file);
    for (const outcome of everyOutcome) {
      const event = eventOf(outcome);
      const taken = matchesPattern(EventPattern, event);
      expect(taken, JSON.stringify(outcome)).toBe(isFor(outcome.name, event.detail?.readable ?? ''));
    }
    expect(matchesPattern(EventPattern, { ...eventOf({ name: 'isolated' }), source: 'somebody' })).toBe(
      false,
    );
  });

  it.each(withRule)('%s loses no event that cannot be delivered', (file) => {
    const template = render(file);
    const undelivered = template.arn('Undelivered');

    for (const { DeadLetterConfig } of ruleOf(file).Targets) expect(DeadLetterConfig?.Arn).toBe(undelivered);
    expect(JSON.stringify(template.resources)).toContain('"Action":"sqs:SendMessage"');
  });

  it.each(withRule)('%s gives EventBridge a role for this one target, or a policy of the target', (file) => {
    const template = render(file);
    const [target] = ruleOf(file).Targets;
    if (target?.RoleArn === undefined) {
      expect(template.resources.map(({ type }) => type)).toContain('AWS::SNS::TopicPolicy');
      return;
    }
    const role = template.resources.find(({ logicalId }) => logicalId === 'DeliveryRole');
    const [policy] = (role?.properties['Policies'] ?? []) as [
      { PolicyDocument: { Statement: readonly { Resource: unknown }[] } },
    ];
    expect(target.RoleArn).toBe(template.arn('DeliveryRole'));
    expect(policy.PolicyDocument.Statement.map(({ Resource }) => Resource)).toEqual([target.Arn]);
  });

  it.each(withRule)('%s makes JSON of every event, whatever the key is, and no text of the key', (file) => {
    const { EventPattern, Targets } = ruleOf(file);
    for (const outcome of everyOutcome) {
      const event = eventOf(outcome);
      if (!matchesPattern(EventPattern, event)) continue;
      for (const { InputTransformer: transformer } of Targets) {
        if (transformer === undefined) continue;
        const input = JSON.parse(transformInput(transformer, event)) as Record<string, unknown>;
        const { key: shown = key, title = '', content } = input;
        expect(shown).toBe(key);
        expect(`${String(title)}${JSON.stringify(content)}`).not.toContain('forged');
      }
    }
  });

  it('name only fields that an event has', () => {
    for (const file of files) {
      const text = readFileSync(folder + file, 'utf8');
      const named = [...text.matchAll(/\$\.detail\.(\w+)/g)].map(([, field = '']) => field);
      expect(named.filter((field) => !Object.hasOwn(outcomeEventSchema.shape, field))).toEqual([]);
    }
  });
});

function needsPerson(name: string, readable: string): boolean {
  return (name === 'refused' || name === 'retained') && readable !== 'no';
}
