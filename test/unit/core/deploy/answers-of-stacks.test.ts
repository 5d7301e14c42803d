import { expect, it } from 'vitest';
import { answersOfStacks } from '../../../../src/core/deploy/answers-of-stacks.ts';
import type { TemplateName } from '../../../../src/core/deploy/installation.ts';
import type { Stack } from '../../../../src/core/deploy/stack/stacks.ts';

const stacksOf = (...names: readonly TemplateName[]) =>
  new Map(
    names.map((name): [TemplateName, Stack] => [
      name,
      { id: name, name, status: 'CREATE_COMPLETE', parameters: {}, outputs: {}, tags: {} },
    ]),
  );
const alsoOf = (...names: readonly TemplateName[]) => answersOfStacks(stacksOf(...names)).also;

it('asks for the further templates that are deployed, and adds none that was left out', () => {
  expect(alsoOf('data-plane', 'service', 'operations', 'audit')).toEqual(['operations', 'audit']);
  expect(alsoOf('data-plane', 'service', 'cloudwatch')).toEqual(['cloudwatch']);
});

it('asks for operations as the first deployment does where that did not come further', () => {
  expect(alsoOf('data-plane')).toEqual(['operations']);
  expect(alsoOf()).toBeUndefined();
});
