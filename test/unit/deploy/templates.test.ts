import { readdirSync } from 'node:fs';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { afterAll, describe, expect, it } from 'vitest';

const folder = new URL('../../../deploy/ecs/', import.meta.url).pathname;

describe('the templates of deploy/ecs', () => {
  const engine = new CelEngine();
  afterAll(() => engine.free());

  it.each(readdirSync(folder))('%s is valid CloudFormation', (file) => {
    const { diagnostics } = engine.validateStandard(new TemplateFile(folder + file), {
      severityLevel: 'WARN',
      // The validator looks at both sides of an If, and takes the empty default for the name.
      parameterOverrides: { IsolationBucketName: 'isolation' },
      // The account's default event bus is no resource of any template; its ARN can only be composed.
      exclude: { ids: ['W9002'] },
    });

    expect(diagnostics.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`)).toEqual(
      [],
    );
  });
});
