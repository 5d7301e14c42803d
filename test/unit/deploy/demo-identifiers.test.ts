import { describe, expect, it } from 'vitest';
import { loadTemplate } from '../../../src/aws/cloudformation/load-template.ts';
import { readIdentifiers } from '../../../src/config/identifiers/read-identifiers.ts';
import { demoIdentifiers } from '../../../src/core/operate/macie/demo-identifiers.ts';
import { countMatches } from '../../../src/core/operate/macie/match-identifier.ts';

describe('the identifiers of the demo', () => {
  it('are those of deploy/ecs/macie.yaml', () => {
    const path = new URL('../../../deploy/ecs/macie.yaml', import.meta.url).pathname;
    const { Resources } = loadTemplate(path);
    const inTemplate = Object.values(Resources)
      .filter(({ Type }) => Type === 'AWS::Macie::CustomDataIdentifier')
      .map(({ Properties: { Name, Description, Regex, Keywords, MaximumMatchDistance } }) => ({
        name: Name,
        description: Description,
        regex: Regex,
        keywords: Keywords,
        maximumMatchDistance: MaximumMatchDistance,
      }));

    expect(inTemplate).toEqual(
      demoIdentifiers.map(({ description, keywords, maximumMatchDistance, name, regex }) => {
        return { name, description, regex, keywords, maximumMatchDistance };
      }),
    );
  });

  it('match what they must match, and nothing else', () => {
    for (const defined of demoIdentifiers) {
      expect(defined.tests.length).toBeGreaterThan(2);
      for (const { matches, text } of defined.tests) {
        expect(countMatches(defined, text), `${defined.name}: ${text}`).toBe(matches);
      }
    }
  });

  it('can be written as a file', () => {
    const text = JSON.stringify({ version: 1, identifiers: demoIdentifiers });

    expect(readIdentifiers(text)).toEqual({ ok: true, identifiers: demoIdentifiers });
  });
});
