import { carryOut } from './deeds.ts';
import type { Setting } from './setting.ts';
import type { World } from './world.ts';

/** What may come from outside at any moment: messages, the deeds of people, dead letters that are sent back. */
export interface Agenda {
  moves(): string[];
  /** Makes such a move. What cannot happen now does not. */
  make(move: string): void;
  fingerprint(): unknown;
}

export function createAgenda(
  world: World,
  { s3, queue, rules }: Setting,
  tell: ((line: string) => void) | undefined,
): Agenda {
  const arrived = new Set<number>();
  const done = new Set<number>();
  let repeatsLeft = world.repeats;
  let redrivesLeft = world.redrives ?? 0;
  let resendsLeft = world.resends ?? 0;

  const mayArrive = (index: number): boolean => {
    const entry = queue.queued[index];
    return entry !== undefined && entry.hidden && !entry.deleted;
  };
  const arrive = (index: number): void => {
    if (!mayArrive(index)) return;
    if (arrived.has(index)) repeatsLeft -= 1;
    arrived.add(index);
    queue.reappear(index);
  };
  const redrive = (index: number): void => {
    if (!queue.mayRedrive(index)) return;
    redrivesLeft -= 1;
    queue.redrive(index);
  };
  const resend = (index: number): void => {
    if (!queue.mayResend(index)) return;
    resendsLeft -= 1;
    queue.resend(index);
  };
  const act = (index: number): void => {
    const deed = world.deeds[index];
    if (deed === undefined || done.has(index)) return;
    done.add(index);
    tell?.(`deed ${index}: ${JSON.stringify(deed)}`);
    carryOut(deed, `o${index}`, s3, rules);
  };

  return {
    moves() {
      const found: string[] = [];
      for (const index of queue.queued.keys()) {
        if (mayArrive(index) && (!arrived.has(index) || repeatsLeft > 0)) found.push(`x${index}`);
      }
      if (redrivesLeft > 0) {
        for (const index of queue.deadLetters.keys()) if (queue.mayRedrive(index)) found.push(`r${index}`);
      }
      if (resendsLeft > 0) {
        for (const index of queue.held.keys()) if (queue.mayResend(index)) found.push(`h${index}`);
      }
      for (const index of world.deeds.keys()) if (!done.has(index)) found.push(`d${index}`);
      return found;
    },
    make(move) {
      const index = Number(move.slice(1));
      if (move.startsWith('x')) arrive(index);
      if (move.startsWith('r')) redrive(index);
      if (move.startsWith('h')) resend(index);
      if (move.startsWith('d')) act(index);
    },
    fingerprint: () => [
      [...done].map(String).sort(),
      [...arrived].map(String).sort(),
      repeatsLeft,
      redrivesLeft,
      resendsLeft,
      [rules.isolates, rules.mode, rules.paused, rules.hour, rules.leased, ...rules.refused],
    ],
  };
}
