import type { Checker } from '../history/happenings.ts';
import type { History } from '../history/history.ts';
import { actsAsTold } from './acts-as-told.ts';
import { alertsNameTheirRecord } from './alerts-name-their-record.ts';
import { budgetIsKept } from './budget-is-kept.ts';
import { copiesAreFaithful } from './copies-are-faithful.ts';
import { effectOnce } from './effect-once.ts';
import { eventsAgreeWithAlerts } from './events-agree-with-alerts.ts';
import { fencesAreTrue } from './fences-are-true.ts';
import { hiddenIsTold } from './hidden-is-told.ts';
import { limitsAreKept } from './limits-are-kept.ts';
import { markersCanBeTakenAway } from './markers-can-be-taken-away.ts';
import { neverDropWork } from './never-drop-work.ts';
import { neverLoseBytes } from './never-lose-bytes.ts';
import { neverTouchOtherBytes } from './never-touch-other-bytes.ts';
import { noUntrueOutcome } from './no-untrue-outcome.ts';
import { noUntrueVersions } from './no-untrue-versions.ts';
import { nothingIsLeftSilently } from './nothing-is-left-silently.ts';
import { nothingLeftReadable } from './nothing-left-readable.ts';
import { peopleAreToldOnce } from './people-are-told-once.ts';
import { readableIsTrue } from './readable-is-true.ts';
import { recordsAreExact } from './records-are-exact.ts';
import { timesAreTrue } from './times-are-true.ts';

/** The promises of the product (design: invariants 1 to 6 and 8). Each is judged by the model's own history alone. */
export const promises: readonly ((history: History) => Checker)[] = [
  neverTouchOtherBytes,
  neverLoseBytes,
  effectOnce,
  nothingLeftReadable,
  noUntrueVersions,
  noUntrueOutcome,
  hiddenIsTold,
  neverDropWork,
  peopleAreToldOnce,
  copiesAreFaithful,
  alertsNameTheirRecord,
  eventsAgreeWithAlerts,
  fencesAreTrue,
  actsAsTold,
  budgetIsKept,
  limitsAreKept,
  markersCanBeTakenAway,
  nothingIsLeftSilently,
  readableIsTrue,
  recordsAreExact,
  timesAreTrue,
];
