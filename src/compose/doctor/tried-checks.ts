import { randomBytes } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import { createSample, listSamples } from '../../aws/macie/samples.ts';
import { errorClassOf } from '../../aws/sdk/aws-errors.ts';
import { followSample } from '../../core/operate/doctor/follow-sample.ts';
import type { Check } from '../../core/operate/doctor/run-checks.ts';
import { tryCanary } from '../../core/operate/doctor/try-canary.ts';
import { unknown, type Verdict, wrong } from '../../core/operate/doctor/verdict.ts';
import { evidenceOf, placeOf } from '../operator/isolation-bucket.ts';
import { releaseOf } from '../operator/release.ts';
import type { LookedAt } from './looked-at.ts';
import { causeOf, isDenied, whyUnknown } from './why-unknown.ts';

/** Checks that are made only if a flag asks for them, because they leave something behind. */
export function triedChecks({ clients, options, settings }: LookedAt): readonly Check[] {
  return [
    {
      name: 'canary',
      async judge() {
        if (!options.canary) {
          return unknown('Not tried: it puts and copies a small object.', 'macie-isolator doctor --canary');
        }
        const { owner } = placeOf(settings);
        const { isolationBucket: bucket } = releaseOf(clients, settings);
        const id = randomBytes(8).toString('hex');
        return tryCanary({ bucket, owner, id, at: new Date() }).catch(notTaken);
      },
    },
    {
      name: 'probe',
      async judge() {
        if (options.probe === undefined) {
          return unknown('Not tried: it has Macie make a sample finding.', 'macie-isolator doctor --probe');
        }
        const macie = await clients.macie(clients.region);
        const evidence = evidenceOf(clients, settings);
        return followSample(
          {
            create: () => createSample(macie),
            list: (since) => listSamples(macie, since),
            recordKeys: (prefix) => evidence.keys(prefix),
            now: () => new Date(),
            pause: (ms) => after(ms, undefined, { signal: options.signal }),
            say: options.say,
          },
          options.probe.patienceMs,
        );
      },
    },
  ];
}

/** The bucket may refuse a call to an operator and accept it from the worker. */
function notTaken(error: unknown): Verdict {
  const cause = causeOf(error);
  if (isDenied(cause) || ['transient', 'throttled'].includes(errorClassOf(cause).kind)) throw error;
  return wrong(
    `The isolation bucket does not take a canary. ${whyUnknown(error)}`,
    'The checks of bucket and key say what is wrong with them.',
  );
}
