import { readFileSync } from 'node:fs';
import { type CollectionTag, parseDocument, type ScalarTag } from 'yaml';
import { templateFolder } from './rendered-template.ts';

const ref: ScalarTag = { tag: '!Ref', resolve: (name: string) => ({ Ref: name }) };
const sequences = ['And', 'Or', 'Not', 'Equals'].map(
  (name): CollectionTag => ({
    tag: `!${name}`,
    collection: 'seq',
    resolve: (items) => ({ [`Fn::${name}`]: items.toJSON() as unknown }),
  }),
);

interface Rule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown }[];
}

/** Whether CloudFormation would take these parameters, by the section Rules of a template. */
export function rulesHold(file: string, parameters: Readonly<Record<string, string>>): boolean {
  const yaml = readFileSync(templateFolder + file, 'utf8');
  // Only this section: others have functions that no rule may use.
  const [section = ''] = /^Rules:\n(?:(?: .*)?\n)*/m.exec(yaml) ?? [];
  const document = parseDocument(section, { customTags: [ref, ...sequences] });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw problem;
  const { Rules } = document.toJS() as { Rules: Readonly<Record<string, Rule>> };

  const value = (given: unknown): unknown => {
    if (Array.isArray(given)) return (given as unknown[]).map(value);
    if (typeof given !== 'object' || given === null) return given;
    const [[name, argument] = ['', undefined]] = Object.entries(given);
    const list = Array.isArray(argument) ? (argument as unknown[]).map(value) : [];
    switch (name) {
      case 'Ref':
        return parameters[String(argument)] ?? '';
      case 'Fn::And':
        return list.every(Boolean);
      case 'Fn::Or':
        return list.some(Boolean);
      case 'Fn::Not':
        return list[0] !== true;
      case 'Fn::Equals':
        return list[0] === list[1];
      case 'Fn::Contains':
        return (list[0] as unknown[]).includes(list[1]);
      default:
        throw new Error(`no rule knows ${name}`);
    }
  };
  return Object.values(Rules).every(
    ({ RuleCondition, Assertions }) =>
      (RuleCondition !== undefined && value(RuleCondition) !== true) ||
      Assertions.every(({ Assert }) => value(Assert) === true),
  );
}
