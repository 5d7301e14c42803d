import { RefusedError, RetryableError } from '../../src/core/errors.ts';
import { type HandleSettings, handleFinding } from '../../src/core/handle-finding.ts';
import type { Message } from '../../src/core/message.ts';
import type { Action } from '../../src/core/policy/policy.ts';
import { createFakeWorld, type FakeWorld, handleSettings } from './fake-ports.ts';
import { envelope, flaggedBytes, flaggedObject, macieDetail, message } from './findings.ts';

/** Handles one message in a fake world. */
export function handle(
  { ports }: FakeWorld,
  about: Partial<Message> = {},
  settings: Partial<HandleSettings> = {},
) {
  return handleFinding(message(about), ports, handleSettings(settings));
}

export function worldWithObject(versioning: 'enabled' | 'never' = 'never'): FakeWorld {
  const world = createFakeWorld(versioning);
  world.source.upload(flaggedObject(), flaggedBytes);
  return world;
}

/** Settings with a policy that has this action for every finding. */
export function decided(action: Action) {
  return { decide: () => ({ action, rule: `rule-${action}` }) };
}

/** The body of a message about a finding that differs in these fields. */
export function body(overrides: object, s3Object = {}) {
  return { body: JSON.stringify(envelope(macieDetail({ ...overrides }, s3Object))) };
}

/** A fault that a repetition may get over. */
export const fail = (code: string) => () => {
  throw new RetryableError(code, 'later');
};

export const refuse = (reason: RefusedError['reason']) => () => {
  throw new RefusedError(reason, 'refused');
};
