import { type Actor, createActor, type Fault, faults, withoutOne } from './actor.ts';
import { createAgenda } from './agenda.ts';
import { carryOut } from './deeds.ts';
import { type Court, createCourt } from './history/court.ts';
import type { KnownWindow } from './history/windows.ts';
import { createLives } from './lives.ts';
import type { Forgotten, Surroundings } from './model/ports.ts';
import { operate } from './operator.ts';
import type { Product } from './product.ts';
import { setUp } from './setting.ts';
import { work } from './worker.ts';
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
 * (the signs are in actor.ts), `x1` message 1 arrives or comes again, `r0` dead letter 0 is sent back,
 * `h0` what was held first is sent again, `d2` deed 2 is done.
 */
export interface Simulation {
  /** Everything that can happen now without a fault. */
  moves(): string[];
  /** The workers that wait for a message. */
  idle(): string[];
  /** The call that this move makes; `undefined` if it is no move of an actor. */
  callOf(move: string): Call | undefined;
  /** The faults that this move can have now. */
  faultsOf(move: string): Fault[];
  make(move: string): Promise<void>;
  /** One worker after the other, without faults and without people, to the end. */
  finish(): Promise<void>;
  readonly windows: ReadonlyMap<KnownWindow, number>;
  calls(): number;
  /** All that is outside of the actors. */
  surroundings(): unknown;
  fingerprint(): string;
}

interface Call {
  readonly name: string;
  /** Whether the actor has made no call since it received its message. */
  readonly isFirst: boolean;
}

/** More steps than any world needs when nothing fails any more. */
const longestEnd = 3_000;

export async function createSimulation(world: World, options: SimulationOptions): Promise<Simulation> {
  const { product, forgotten = new Set(), timeless = false, tell } = options;
  let steps = 0;
  let faultsLeft = world.faults;
  let corruption = false;
  let stray: unknown;
  const crashed = new Set<string>();
  const inWork = new Map<string, { readonly messageId: string; readonly receiveCount: number }>();
  const lives = createLives(timeless);

  let watcher: Court | undefined;
  const setting = setUp(world, () => watcher);
  const { s3, queue, rules, settings, truths, flaggedBy } = setting;
  const agenda = createAgenda(world, setting, tell);
  const startedAt = Date.parse('2026-11-20T20:00:01.000Z');
  const now = () => (timeless ? undefined : startedAt + steps * 100);
  const court = createCourt({ world, s3, queue, rules, now });
  watcher = court;

  const around: Surroundings = {
    world,
    product,
    s3,
    rules,
    witness: court,
    forgotten,
    takeCorruption: () => corruption,
    clock({ name }) {
      const skew = world.workerSkewsMs[Number(name.slice(1))] ?? 0;
      const receives = inWork.get(name)?.receiveCount ?? 0;
      const time = timeless ? receives * 60_000 + lives.calls(name) * 1_000 : steps * 100;
      return new Date(startedAt + time + skew);
    },
  };

  const actors = new Map<string, { readonly actor: Actor; readonly live: () => Promise<void> }>();
  const add = (name: string, liveAs: (actor: Actor) => Promise<void>): void => {
    const actor = createActor(name, (error) => {
      stray = error;
    });
    lives.begin(name);
    actors.set(name, { actor, live: () => liveAs(actor) });
  };
  const received = (by: string, messageId: string, receiveCount: number) =>
    void inWork.set(by, { messageId, receiveCount });
  const workplace = { around, court, queue, settings, flaggedBy, received };
  for (const index of world.workerSkewsMs.keys()) add(`w${index}`, (actor) => work(actor, workplace));
  for (const [index, finding] of world.operators.entries()) {
    const flagged = truths[finding];
    if (flagged) add(`p${index}`, (actor) => operate(actor, flagged, around, world.marksInMetadata));
  }
  for (const { actor, live } of actors.values()) await actor.start(live);

  const crash = async (name: string): Promise<void> => {
    const messageId = inWork.get(name)?.messageId;
    if (messageId !== undefined) crashed.add(messageId);
    court.end(name);
    lives.begin(name);
    const died = actors.get(name);
    await died?.actor.start(died.live);
  };

  const step = async (actor: Actor, fault: Fault | undefined): Promise<void> => {
    const call = actor.ready();
    if (call === undefined) return;
    const { name } = actor;
    steps += 1;
    if (fault !== undefined) {
      faultsLeft = withoutOne(faultsLeft, fault);
      court.disturbed(name, call);
    }
    court.called(name, call);
    corruption = fault === 'corrupted';
    lives.call(name, `${call}${fault ?? ''}`);
    await actor.step(
      fault === 'corrupted' ? undefined : fault,
      () => new product.RetryableError('Throttled', 'the model refuses, or does not answer'),
      (answer) => {
        tell?.(`${name} ${call} ${fault ?? ''} -> ${JSON.stringify(answer)}`);
        lives.hear(name, JSON.stringify(answer) ?? '');
      },
    );
    if (actor.ready() === 'receive') lives.begin(name);
    if (actor.waitsFor() === 'receive') inWork.delete(name);
    if (fault !== undefined) tell?.(`${name} ${call}: ${fault}`);
    if (fault === 'crash-before' || fault === 'crash-after') await crash(name);
    if (stray !== undefined) throw stray;
  };

  /** A person has mended the isolation bucket, waits for the next hour, and sends all that was held. */
  const sendHeldAgain = (): boolean => {
    const indexes = [...queue.held.keys()].filter((index) => queue.mayResend(index));
    rules.refused.clear();
    carryOut({ kind: 'hour' }, 'nobody', s3, rules);
    for (const index of indexes) queue.resend(index);
    return indexes.length > 0;
  };
  const surroundings = () => [s3.fingerprint(), queue.fingerprint()];
  const workers = () =>
    [...actors.values()].map(({ actor }) => actor).filter(({ name }) => name.startsWith('w'));
  return {
    windows: court.windows,
    calls: () => steps,
    moves() {
      const found: string[] = [];
      for (const [name, { actor }] of actors) if (actor.ready() !== undefined) found.push(name);
      return [...found, ...agenda.moves()];
    },
    idle: () =>
      workers()
        .filter((actor) => actor.waitsFor() === 'receive')
        .map(({ name }) => name),
    callOf(move) {
      const name = actors.get(move)?.actor.ready();
      // The receive was the first.
      return name === undefined ? undefined : { name, isFirst: lives.calls(move) === 1 };
    },
    faultsOf(move) {
      const call = actors.get(move)?.actor.ready();
      if (call === undefined || call === 'receive') return [];
      const possible = new Set(faultsLeft.flat());
      if (!['isolation.copy', 'isolation.copyPart'].includes(call)) possible.delete('corrupted');
      // A unit is no call of a client that asks again by itself.
      if (['budget.take', 'limits.take', 'alerts.digest'].includes(call)) possible.delete('asked-again');
      return [...possible];
    },
    async make(move) {
      const fault = signs.get(move.at(-1) ?? '');
      const target = fault === undefined ? move : move.slice(0, -1);
      const actor = actors.get(target)?.actor;
      if (actor) await step(actor, fault);
      else agenda.make(target);
    },
    async finish() {
      rules.paused = false;
      for (let count = 0; count < longestEnd; count += 1) {
        const actor = workers().find((other) => other.ready() !== undefined);
        if (actor === undefined && queue.queued.every(({ deleted }) => deleted)) {
          if (!sendHeldAgain()) break;
        }
        if (actor) await step(actor, undefined);
        else for (const index of queue.queued.keys()) queue.reappear(index);
      }
      court.over(crashed);
    },
    surroundings,
    fingerprint: () =>
      JSON.stringify([
        surroundings(),
        lives.fingerprint(),
        agenda.fingerprint(),
        [...crashed].sort(),
        faultsLeft.join(';'),
        court.fingerprint(),
      ]),
  };
}

const signs = new Map(Object.entries(faults).map(([name, sign]) => [sign as string, name as Fault]));
