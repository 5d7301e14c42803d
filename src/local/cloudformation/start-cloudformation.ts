import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { localAccount, localRegion } from '../account.ts';
import { bodyOf, listening } from '../listening.ts';
import { createNamesInUse } from './names-in-use.ts';
import { xmlOf } from './query.ts';
import { StackError } from './stack-error.ts';
import type { StackFault, StandInStack } from './stack-machine.ts';
import { createStackService } from './stack-service.ts';

export interface CloudFormationStandIn {
  readonly endpoint: string;
  /** The newest stack of a name, whether it still exists or not. */
  stack(name: string): StandInStack | undefined;
  /** Change sets that nobody executed or deleted, as `stack/name`. */
  readonly changeSets: readonly string[];
  /** The operations that were called, in order. */
  readonly calls: readonly string[];
  readonly buckets: ReadonlySet<string>;
  /** The resource fails the next time. */
  fail(fault: StackFault): void;
  /** The operations of a stack stop after so many steps, until `release`. */
  hold(stack: string, steps: number): void;
  release(): void;
  /** The clock of the stand-in, in milliseconds. */
  now(): number;
  /** Sets the clock forward. */
  passTime(ms: number): void;
  close(): Promise<void>;
}

/**
 * A stand-in for CloudFormation over HTTP. It creates nothing in other stand-ins: it keeps stacks, change sets, events,
 * outputs and the names that are in use. An operation goes on when somebody asks about its stack.
 */
export async function startCloudFormation(
  options: { readonly buckets?: readonly string[]; readonly account?: string; readonly region?: string } = {},
): Promise<CloudFormationStandIn> {
  let passedMs = 0;
  let held: { readonly stack: string; stepsLeft: number } | undefined;
  const faults: StackFault[] = [];
  const calls: string[] = [];
  const now = () => Date.now() + passedMs;
  const names = createNamesInUse(now, options.buckets ?? []);
  const service = createStackService({
    account: options.account ?? localAccount,
    region: options.region ?? localRegion,
    now,
    names,
    takeFault(stack, resource, during) {
      const index = faults.findIndex(
        (one) => one.stack === stack && one.resource === resource && one.during === during,
      );
      return index === -1 ? undefined : faults.splice(index, 1)[0]?.reason;
    },
    goOn(stack, operation) {
      const hold = held?.stack === stack ? held : { stepsLeft: Number.POSITIVE_INFINITY };
      for (; hold.stepsLeft > 0; hold.stepsLeft -= 1) {
        if (operation.next().done === true) return true;
      }
      return false;
    },
  });

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await bodyOf(incoming));
    const action = form.get('Action') ?? '';
    calls.push(action);
    const { status, xml } = respond(action, () => xmlOf(service.respond(form)));
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  return {
    ...(await listening(server)),
    stack: (name) => service.stacks.findLast((one) => one.name === name),
    get changeSets() {
      return service.changeSets.map(({ name, stack }) => `${stack.name}/${name}`);
    },
    calls,
    buckets: names.buckets,
    fail: (fault) => void faults.push(fault),
    hold(stack, steps) {
      held = { stack, stepsLeft: steps };
    },
    release() {
      held = undefined;
    },
    now,
    passTime(ms) {
      passedMs += ms;
    },
  };
}

function respond(action: string, work: () => string): { readonly status: number; readonly xml: string } {
  const namespace = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';
  try {
    const result = `<${action}Result>${work()}</${action}Result>`;
    return { status: 200, xml: `<${action}Response ${namespace}>${result}</${action}Response>` };
  } catch (error) {
    if (!(error instanceof StackError)) throw error;
    const text = xmlOf({ Type: 'Sender', Code: error.code, Message: error.message });
    const status = error.code === 'NotImplemented' ? 501 : 400;
    return { status, xml: `<ErrorResponse ${namespace}><Error>${text}</Error></ErrorResponse>` };
  }
}
