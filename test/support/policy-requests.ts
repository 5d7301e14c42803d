import { createAuthorizer, type Principal, type Request } from './authorize.ts';
import {
  breakGlass,
  deployed,
  deployer,
  externalId,
  memberAccount,
  region,
  releaseDesk,
  workerAccount,
} from './deployed.ts';

/** A row of a table: what is asked, by whom, and how IAM is asked for it. */
export type Asked = readonly [what: string, who: Principal, request: Request];

export const templates = deployed();
export const authorizer = createAuthorizer(templates);
export const { worker, member, investigator, administrator } = authorizer;
export const otherAccount = '333333333333';

/** Roles that may do everything in their account, as far as it is theirs to say. */
const named = (arn: string) => authorizer.admin(workerAccount, arn.split(':role/')[1] ?? '');
export const operator = named(releaseDesk);
export const deploying = named(deployer);
export const breaksGlass = named(breakGlass);
export const memberAdministrator = authorizer.admin(memberAccount, 'administrator');
/** Names that a pattern with an asterisk would admit by their path. */
export const lookAlikes = ['operator', 'worker', 'investigator'].map((name) =>
  authorizer.admin(workerAccount, `macie-isolator-${name}-${region}/administrator`),
);
/** A member role whose account's owner has given it everything. */
export const hostileMember = authorizer.admin(memberAccount, member.role);
/** The same, should somebody make one where the evidence is. */
export const memberAtHome = authorizer.admin(workerAccount, member.role);
export const stranger: Principal = {
  ...authorizer.admin(otherAccount, member.role),
  organization: 'o-zzzzzzzzzz',
};

const bucket = 'arn:aws:s3:::isolation';
export const copy = `objects/${workerAccount}/lake-raw/hr/pay.csv@e1`;
export const memberCopy = `objects/${memberAccount}/member-data/hr/pay.csv@e1`;
export const record = 'records/dt=2026-01-01/abc.isolated.json';
export const release = `releases/${workerAccount}/lake-raw/abc/e1.json`;
export const request = `requests/manual-${'0'.repeat(32)}.json`;

export const at = (action: string, key?: string, context: Request['context'] = {}): Request => ({
  action,
  resource: key === undefined ? bucket : `${bucket}/${key}`,
  owner: workerAccount,
  context,
});
export const creates = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };
export const put = (key: string, context: Request['context'] = creates) => at('s3:PutObject', key, context);
export const queue = (action: string, name: string, context: Request['context'] = {}): Request => ({
  action,
  resource: `arn:aws:sqs:${region}:${workerAccount}:macie-isolator-${name}`,
  owner: workerAccount,
  context,
});
export const topic = (
  context: Request['context'] = {},
  action = 'sns:Publish',
  name = 'alerts',
): Request => ({
  action,
  resource: `arn:aws:sns:${region}:${workerAccount}:macie-isolator-${name}`,
  owner: workerAccount,
  context,
});
export const isolationKey = (action: string, service = 's3'): Request => ({
  action,
  resource: `arn:aws:kms:${region}:${workerAccount}:key/macie-isolator-isolationkey`,
  owner: workerAccount,
  context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
});
export const assume = (context: Request['context'] = { 'sts:ExternalId': externalId }): Request => ({
  action: 'sts:AssumeRole',
  resource: `arn:aws:iam::${memberAccount}:role/macie-isolator-member`,
  owner: memberAccount,
  context,
});
export const plain = { 'aws:SecureTransport': 'false' };
export const source = (action: string, name: string, owner = workerAccount): Request => ({
  action,
  resource: `arn:aws:s3:::${name}`,
  owner,
});
