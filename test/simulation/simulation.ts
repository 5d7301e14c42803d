import { createHash } from 'node:crypto';
import type { HandleSettings } from '../../src/core/handle-finding.ts';
import { type Actor, createActor, type Fault, faults, Violation } from './actor.ts';
import { carryOut, type PolicyState } from './deeds.ts';
import { createInvariants, type Invariants } from './invariants.ts';
import type { Entry } from './model-objects.ts';
import { createModelPorts, type Forgotten, isolationBucketSpec, type Surroundings } from './model-ports.ts';
import { createModelQueue, type ModelQueue } from './model-queue.ts';
import { createModelS3, type ModelS3 } from './model-s3.ts';
import { operate } from './operator.ts';
import type { Product } from './product.ts';
import { findingsOf, messageOf } from './truth.ts';
import type { World } from './world.ts';

export interface SimulationOptions {
  readonly product: Product;
  readonly forgotten?: ReadonlySet<Forgotten>;
  /** A clock that depends on an actor's own life alone, so that states can be compared. */
  readonly timeless?: boolean;
  /** Told of everything that happens, for people to read. */
  readonly tell?: (line: string) => void;
}

/**
 * One world, running. A *move* is a short word: `w0` worker 0 makes its next call, `w0>` it does and dies
 * (the signs are in actor.ts), `x1` message 1 arrives or comes again, `d2` deed 2 is done.
 */
export interface Simulation {
  /** Everything that can happen now without a fault. */
  moves(): string[];
  /** The workers that wait for a message. */
  idle(): string[];
  /** The faults that this move can have now. */
  faultsOf(move: string): Fault[];
  make(move: string): Promise<void>;
  /** One worker after the other, without faults and without people, to the end. */
  finish(): Promise<void>;
  readonly invariants: Invariants;
  readonly s3: ModelS3;
  readonly queue: ModelQueue;
  readonly calls: () => number;
  fingerprint(): string;
}

/** What a worker has asked and heard in one handling: all that its next call can depend on. */
interface Life {
  calls: number;
  /** A digest of it. */
  heard: string;
}

/** More steps than any world needs when nothing fails any more. */
const longestEnd = 3_000;

export async function createSimulation(world: World, options: SimulationOptions): Promise<Simulation> {
  const { product, forgotten = new Set(), timeless = false, tell } = options;
  const policy: PolicyState = { isolates: true };
  let steps = 0;
  let faultsLeft = world.faults;
  let repeatsLeft = world.repeats;
  let corruption = false;
  let stray: unknown;
  const crashed = new Set<string>();
  const arrived = new Set<number>();
  const done = new Set<number>();
  const inWork = new Map<string, string>();
  const lives = new Map<string, Life>();
  const receives = new Map<string, number>();

  const invariants: Invariants = createInvariants(
    world,
    () => s3,
    () => queue,
  );
  const setUp = { armed: false };
  const s3: ModelS3 = createModelS3([...world.buckets, isolationBucketSpec], {
    destroyed: (...what) => setUp.armed && invariants.destroyed(...what),
    hidden: (...what) => setUp.armed && invariants.hidden(...what),
  });
  for (const deed of world.before) carryOut(deed, 'before', s3, policy);
  const truths = findingsOf(world, s3);
  const messages = world.messages.flatMap((finding, index) => {
    const flagged = truths[finding];
    return flagged ? [{ flagged, message: messageOf(flagged, index) }] : [];
  });
  const queue: ModelQueue = createModelQueue(
    messages.map(({ message }) => message),
    world.maximumReceives,
  );
  setUp.armed = true;

  const settings: HandleSettings = {
    serviceVersion: '1.0.0',
    allowedSourceRegions: ['us-east-1'],
    sourceVersions: world.sourceVersions,
    mode: 'enforce',
    decide: () => (policy.isolates ? { action: 'isolate', rule: 'all' } : { action: 'alert', rule: 'none' }),
    parkAfterReceives: world.parkAfterReceives,
  };
  const around: Surroundings = {
    product,
    s3,
    witness: invariants,
    forgotten,
    showsLocks: world.showsLocks,
    takeCorruption: () => corruption,
    clock: ({ name }) => {
      const skew = world.workerSkewsMs[Number(name.slice(1))] ?? 0;
      const time = timeless
        ? (receives.get(name) ?? 0) * 60_000 + (lives.get(name)?.calls ?? 0) * 1_000
        : steps * 100;
      return new Date(Date.parse('2026-11-20T20:00:01.000Z') + time + skew);
    },
  };

  const live = async (actor: Actor): Promise<void> => {
    const ports = createModelPorts(actor, around);
    for (;;) {
      const received = await actor.call(
        'receive',
        () => {
          const delivery = queue.receive();
          if (delivery) {
            const { id } = delivery.message;
            inWork.set(actor.name, id);
            receives.set(actor.name, delivery.message.receiveCount);
            invariants.begin(actor.name, id, messages.find(({ message }) => message.id === id)?.flagged);
          }
          return delivery;
        },
        () => queue.isVisible(),
      );
      if (received === undefined) continue;
      const { message, handle } = received;
      try {
        const { outcome, settlement } = await product.handleFinding(message, ports, settings);
        await product.settle(settlement, {
          park: ({ reason, outcome: parkedAs }) =>
            actor.call('park', () => {
              queue.park({ sourceMessageId: message.id, body: message.body, reason, outcome: parkedAs });
            }),
          acknowledge: (how) =>
            actor.call('acknowledge', () => {
              invariants.acknowledged(actor.name, how, outcome.name);
              queue.delete(handle);
            }),
        });
      } catch (error) {
        // Anything else than a fault that the product knows is a fault of the product, or of the model.
        if (!(error instanceof product.RetryableError)) throw error;
      }
      inWork.delete(actor.name);
      invariants.end(actor.name);
    }
  };

  const actors = new Map<string, Actor>();
  const begin = new Map<string, () => Promise<void>>();
  for (const index of world.workerSkewsMs.keys()) {
    const actor = createActor(`w${index}`, (error) => {
      stray = error;
    });
    actors.set(actor.name, actor);
    lives.set(actor.name, { calls: 0, heard: '' });
  }

  for (const [index, finding] of world.operators.entries()) {
    const flagged = truths[finding];
    if (flagged === undefined) continue;
    const actor = createActor(`p${index}`, (error) => {
      stray = error;
    });
    actors.set(actor.name, actor);
    lives.set(actor.name, { calls: 0, heard: '' });
    begin.set(actor.name, () => operate(actor, flagged, around, world.marksInMetadata));
  }
  for (const [name, actor] of actors) await actor.start(begin.get(name) ?? (() => live(actor)));

  const crash = async (actor: Actor): Promise<void> => {
    const messageId = inWork.get(actor.name);
    if (messageId !== undefined) crashed.add(messageId);
    inWork.delete(actor.name);
    invariants.end(actor.name);
    lives.set(actor.name, { calls: 0, heard: '' });
    await actor.start(begin.get(actor.name) ?? (() => live(actor)));
  };

  const step = async (actor: Actor, fault: Fault | undefined): Promise<void> => {
    const name = actor.ready();
    if (name === undefined) return;
    steps += 1;
    if (fault !== undefined) faultsLeft = withoutOne(faultsLeft, fault);
    invariants.called(actor.name, name);
    corruption = fault === 'corrupted';
    const life = lives.get(actor.name);
    const hear = (what: string) => {
      if (life && timeless) life.heard = createHash('sha1').update(life.heard).update(what).digest('base64');
    };
    if (life) life.calls += 1;
    hear(`${name}${fault ?? ''}`);
    const dies = fault === 'crash-before' || fault === 'crash-after';
    await actor.step(
      fault === 'corrupted' ? undefined : fault,
      () => new product.RetryableError('Throttled', 'the model refuses, or does not answer'),
      (answer) => {
        tell?.(`${actor.name} ${name} ${fault ?? ''} -> ${JSON.stringify(answer)}`);
        hear(JSON.stringify(answer) ?? '');
      },
    );
    if (actor.ready() === 'receive') lives.set(actor.name, { calls: 0, heard: '' });
    if (fault !== undefined) tell?.(`${actor.name} ${name}: ${fault}`);
    if (dies) await crash(actor);
    if (stray !== undefined) throw stray;
  };

  const isOver = () => queue.queued.every(({ deleted }) => deleted);

  const simulation: Simulation = {
    invariants,
    s3,
    queue,
    calls: () => steps,
    moves() {
      const found: string[] = [];
      for (const [name, actor] of actors) if (actor.ready() !== undefined) found.push(name);
      for (const [index, { deleted, hidden }] of queue.queued.entries()) {
        if (hidden && !deleted && (!arrived.has(index) || repeatsLeft > 0)) found.push(`x${index}`);
      }
      for (const index of world.deeds.keys()) if (!done.has(index)) found.push(`d${index}`);
      return found;
    },
    idle: () =>
      [...actors.values()]
        .filter(isWorker)
        .filter((actor) => actor.waitsFor() === 'receive')
        .map(({ name }) => name),
    faultsOf(move) {
      const name = actors.get(move)?.ready();
      if (name === undefined || name === 'receive') return [];
      const possible = new Set(faultsLeft.flat());
      if (name !== 'isolation.copy') possible.delete('corrupted');
      return [...possible];
    },
    async make(move) {
      const sign = move.at(-1) ?? '';
      const fault = signs.get(sign);
      const target = fault === undefined ? move : move.slice(0, -1);
      const index = Number(target.slice(1));
      const actor = actors.get(target);
      if (actor) return step(actor, fault);
      if (target.startsWith('x')) {
        const entry = queue.queued[index];
        if (!entry?.hidden || entry.deleted) return;
        if (arrived.has(index)) repeatsLeft -= 1;
        arrived.add(index);
        queue.reappear(index);
      }
      const deed = target.startsWith('d') ? world.deeds[index] : undefined;
      if (deed && !done.has(index)) {
        done.add(index);
        tell?.(`deed ${index}: ${JSON.stringify(deed)}`);
        carryOut(deed, `o${index}`, s3, policy);
      }
    },
    async finish() {
      for (let count = 0; count < longestEnd; count += 1) {
        const actor = [...actors.values()].find((other) => isWorker(other) && other.ready() !== undefined);
        if (actor === undefined && isOver()) break;
        if (actor) await step(actor, undefined);
        else for (const index of queue.queued.keys()) queue.reappear(index);
      }
      invariants.atEnd(crashed);
    },
    fingerprint() {
      const stacks = [...s3.buckets.values()].map(
        ({ name, versioning, readsDenied, deletesDenied, keys }) => [
          name,
          versioning,
          readsDenied,
          deletesDenied,
          [...keys].map(([key, stack]) => `${key}:${stack.map(stateOf).join()}`).sort(),
        ],
      );
      const messagesNow = queue.queued.map(({ receives, hidden, handle, deleted }) => [
        receives,
        hidden,
        handle,
        deleted,
      ]);
      return JSON.stringify([
        stacks,
        messagesNow,
        queue.deadLetters.length,
        [...lives].map(([name, { calls, heard }]) => [name, calls, heard]),
        [...done].map(String).sort(),
        [...arrived].map(String).sort(),
        [...crashed].sort(),
        faultsLeft.join(';'),
        repeatsLeft,
        policy.isolates,
        invariants.fingerprint(),
      ]);
    },
  };
  return simulation;
}

/** A set with few members is used up first, so that as much as can be stays possible. */
function withoutOne(sets: World['faults'], fault: Fault): World['faults'] {
  const [used] = sets
    .filter((set) => set.includes(fault))
    .toSorted((one, other) => one.length - other.length);
  return sets.toSpliced(sets.indexOf(used ?? []), used ? 1 : 0);
}

const stateOf = ({ write, versionId, lock }: Entry) => `${write}=${versionId}${lock ?? ''}`;

const isWorker = ({ name }: Actor) => name.startsWith('w');

const signs = new Map(Object.entries(faults).map(([name, sign]) => [sign as string, name as Fault]));

export interface Failure {
  readonly invariant: string;
  readonly message: string;
  /** The moves up to the violation. */
  readonly schedule: readonly string[];
}

/** What ended a run: a broken invariant, or an error that the product does not know. */
export function failureOf(error: unknown, schedule: readonly string[]): Failure {
  if (error instanceof Violation) return { invariant: error.invariant, message: error.message, schedule };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { invariant: 'no unknown error', message, schedule };
}
