import { join } from 'node:path';
import { readTemplate } from '../../aws/cloudformation/read-template.ts';
import type { TemplateName } from '../../core/deploy/installation.ts';
import type { Template } from '../../core/deploy/stack/stacks.ts';

/** The bundler replaces this constant by the folder beside the bundle. */
declare const __TEMPLATES__: string | undefined;

const folder = join(
  import.meta.dirname,
  typeof __TEMPLATES__ === 'string' ? __TEMPLATES__ : '../../../deploy/ecs',
);

/** Reads the templates that this version ships, each when it is first needed. */
export function templatesFor({
  account,
  partition,
  region,
}: {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}): (name: TemplateName) => Template {
  const pseudoParameters = {
    'AWS::AccountId': account,
    'AWS::Partition': partition,
    'AWS::Region': region,
  };
  const templates = new Map<TemplateName, Template>();
  return (name) => {
    const template = templates.get(name) ?? readTemplate(join(folder, `${name}.yaml`), pseudoParameters);
    templates.set(name, template);
    return template;
  };
}
