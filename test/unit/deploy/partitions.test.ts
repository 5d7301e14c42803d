import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { templatesFor } from '../../../src/compose/operator/templates.ts';
import type { TemplateName } from '../../../src/core/deploy/installation.ts';

const names = readdirSync('deploy/ecs')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.slice(0, -'.yaml'.length) as TemplateName);

describe.each([
  ['aws', 'eu-central-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-iso', 'us-iso-east-1'],
  ['aws-iso-b', 'us-isob-east-1'],
  ['aws-iso-e', 'eu-isoe-west-1'],
  ['aws-iso-f', 'us-isof-south-1'],
  ['aws-eusc', 'eusc-de-east-1'],
])('in the partition %s', (partition, region) => {
  const templateOf = templatesFor({ account: '111122223333', partition, region });

  it.each(names)('%s names no other partition, and is short enough', (name) => {
    const withoutComments = templateOf(name).body.replaceAll(/^\s*#.*$/gm, '');
    const named = new Set([...withoutComments.matchAll(/arn:(aws[a-z-]*):/g)].map(([, found]) => found));
    expect([...named].filter((found) => found !== partition)).toEqual([]);
  });
});
