import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, listening } from './listening.ts';

/** A role that may be assumed. */
export interface AssumableRole {
  readonly accountId: string;
  readonly name: string;
  /** Present if the trust policy of the role requires an external id. */
  readonly externalId?: string;
  /** The duration of its sessions. The default is the duration of chained roles. */
  readonly sessionSeconds?: number;
}

export interface AssumeRoleCall {
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly granted: boolean;
}

export interface StsStandIn {
  readonly endpoint: string;
  readonly calls: readonly AssumeRoleCall[];
  allow(role: AssumableRole): void;
  forbid(accountId: string, name: string): void;
  /** Returns an access key of this account, so that a test can act as the owner, or as a role. */
  accessKeyOf(accountId: string, role?: string): string;
  /** Returns the ARN of the principal that has this access key. */
  principalOf(accessKeyId: string): string;
  /** Returns the account of the access key, or `expired` if its session has ended. */
  accountOf(accessKeyId: string): string;
  close(): Promise<void>;
}

/**
 * A stand-in for STS that knows GetCallerIdentity and AssumeRole: the roles that exist, and the external ids that they require.
 * Every caller may assume them; the trust policies of the templates are tested apart.
 */
export async function startSts(ownAccount: string, now = () => new Date()): Promise<StsStandIn> {
  const roles = new Map<string, AssumableRole>();
  const keys = new Map<string, { accountId: string; principal: string; expiresAt?: Date }>();
  const calls: AssumeRoleCall[] = [];
  const arnOf = (accountId: string, name: string) => `arn:aws:iam::${accountId}:role/${name}`;
  const keyFor = (accountId: string, principal: string, expiresAt?: Date) => {
    const id = `ASIA${accountId}${String(keys.size).padStart(4, '0')}`;
    keys.set(id, { accountId, principal, ...(expiresAt && { expiresAt }) });
    return id;
  };

  const assumeRole = (form: URLSearchParams): { status: number; xml: string } => {
    const roleArn = form.get('RoleArn') ?? '';
    const externalId = form.get('ExternalId') ?? undefined;
    const role = roles.get(roleArn);
    const granted = role !== undefined && (role.externalId === undefined || role.externalId === externalId);
    calls.push({ roleArn, externalId, granted });
    if (!granted) return { status: 403, xml: denied(roleArn) };
    const expiresAt = new Date(now().getTime() + (role.sessionSeconds ?? 3_600) * 1_000);
    return {
      status: 200,
      xml: session(
        keyFor(role.accountId, sessionArn(role, form.get('RoleSessionName')), expiresAt),
        expiresAt,
      ),
    };
  };

  const principalOf = (accessKeyId: string): string =>
    keys.get(accessKeyId)?.principal ?? sessionArn({ accountId: ownAccount, name: 'worker' }, 'local');
  const respond = (form: URLSearchParams, authorization: string): { status: number; xml: string } => {
    switch (form.get('Action')) {
      case 'AssumeRole':
        return assumeRole(form);
      case 'GetCallerIdentity':
        return { status: 200, xml: identity(principalOf(accessKeyIn(authorization))) };
      default:
        return { status: 501, xml: error('NotImplemented', '') };
    }
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await bodyOf(incoming));
    const { status, xml } = respond(form, incoming.headers.authorization ?? '');
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  };

  const server = createServer((incoming, response) => void answer(incoming, response));
  return {
    ...(await listening(server)),
    calls,
    allow: (role) => void roles.set(arnOf(role.accountId, role.name), role),
    forbid: (accountId, name) => void roles.delete(arnOf(accountId, name)),
    accessKeyOf: (accountId, role) =>
      keyFor(
        accountId,
        role === undefined
          ? `arn:aws:iam::${accountId}:user/owner`
          : sessionArn({ accountId, name: role }, 'local'),
      ),
    principalOf,
    accountOf(accessKeyId) {
      const key = keys.get(accessKeyId);
      if (key?.expiresAt && key.expiresAt <= now()) return 'expired';
      return key?.accountId ?? ownAccount;
    },
  };
}

function sessionArn({ accountId, name }: AssumableRole, session: string | null): string {
  return `arn:aws:sts::${accountId}:assumed-role/${name}/${session}`;
}

const namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

function session(accessKeyId: string, expiresAt: Date): string {
  return `<AssumeRoleResponse ${namespace}><AssumeRoleResult><Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>local</SecretAccessKey><SessionToken>local</SessionToken><Expiration>${expiresAt.toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}

function accessKeyIn(authorization: string): string {
  return /Credential=([^/]+)\//.exec(authorization)?.[1] ?? '';
}

function identity(arn: string): string {
  return `<GetCallerIdentityResponse ${namespace}><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROALOCAL:local</UserId><Account>${arn.split(':')[4] ?? ''}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
}

function denied(roleArn: string): string {
  return error('AccessDenied', `not authorized to perform: sts:AssumeRole on resource: ${roleArn}`);
}

function error(code: string, message: string): string {
  return `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}
