import type { Exception } from './denial.ts';

const exactly = (wanted: string) => (values: readonly string[]) => values.every((value) => value === wanted);

/** `Bool` would let an anonymous request through, which does not have the key. */
export const services: Exception = {
  key: 'aws:PrincipalIsAWSService',
  operators: ['BoolIfExists'],
  holdsFor: exactly('false'),
};

export const encryptedRequests: Exception = {
  key: 'aws:SecureTransport',
  operators: ['Bool', 'BoolIfExists'],
  holdsFor: exactly('false'),
};

const unlike = ['ArnNotLike', 'ArnNotEquals', 'StringNotLike', 'StringNotEquals'];
const unlikeOrAbsent = [...unlike, ...unlike.map((each) => `${each}IfExists`)];
/** The ARN of one role. A name with an asterisk would let roles through that anybody creates. */
const role = /^arn:[a-z-]+:iam::\d{12}:role\/[^*?]+$/;
const workersRole = /^arn:[a-z-]+:iam::\d{12}:role\/[^*?]*-worker-[a-z0-9-]+$/;
const memberRoles = /^arn:[a-z-]+:iam::\*:role\/[^*?]+-member$/;

function rolesLike(isLetThrough: (arn: string) => boolean): Exception {
  return {
    key: 'aws:PrincipalArn',
    operators: unlikeOrAbsent,
    holdsFor: (values) => values.every(isLetThrough),
  };
}

/** Roles that are named one by one. Which they are is up to who deploys. */
export const namedRoles = rolesLike((arn) => role.test(arn));
/** What people alone may do, the worker must not. */
export const rolesOfPeople = rolesLike((arn) => role.test(arn) && !workersRole.test(arn));
export const copyingRoles = rolesLike((arn) => role.test(arn) || memberRoles.test(arn));

/** The denial is about the worker alone. */
export const allButTheWorker: Exception = {
  key: 'aws:PrincipalArn',
  operators: ['ArnLike', 'ArnEquals', 'StringLike', 'StringEquals'],
  holdsFor: (values) => values.some((arn) => arn === '*' || workersRole.test(arn)),
};

/** Requests whose key has one value, such as a way of encryption. */
export function requestsWith(key: string, isRight: (value: string) => boolean): Exception {
  return {
    key,
    operators: ['StringNotEquals', 'StringNotEqualsIfExists'],
    holdsFor: (values) => values.length === 1 && values.every(isRight),
  };
}

export function requestsWithout(key: string): Exception {
  return { key, operators: ['Null'], holdsFor: exactly('false') };
}

export function requestsThatHave(key: string): Exception {
  return { key, operators: ['Null'], holdsFor: exactly('true') };
}

/** The parts of an upload create no object. */
export const parts: Exception = {
  key: 's3:ObjectCreationOperation',
  operators: ['Bool', 'BoolIfExists'],
  holdsFor: exactly('true'),
};
