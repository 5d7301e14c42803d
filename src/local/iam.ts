import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, type Listening, listening } from './listening.ts';

export type IamStandIn = Listening;

/** A stand-in for IAM that knows GetRole, and the given roles by their whole ARNs. `denied` names are refused. */
export async function startIam(
  roles: readonly string[],
  denied: readonly string[] = [],
): Promise<IamStandIn> {
  const respond = (form: URLSearchParams): { readonly status: number; readonly xml: string } => {
    const name = form.get('RoleName') ?? '';
    if (form.get('Action') !== 'GetRole') return error(501, 'NotImplemented');
    if (denied.includes(name)) return error(403, 'AccessDenied');
    const arn = roles.find((role) => role.endsWith(`/${name}`));
    return arn === undefined ? error(404, 'NoSuchEntity') : { status: 200, xml: roleXml(arn, name) };
  };
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, xml } = respond(new URLSearchParams(await bodyOf(incoming)));
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
  };
  const server = createServer((incoming, response) => void answer(incoming, response));
  return listening(server);
}

const namespace = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"';

function roleXml(arn: string, name: string): string {
  const path = /:role(\/.*)$/.exec(arn)?.[1]?.slice(0, -name.length) ?? '/';
  const fields = `<Path>${path}</Path><RoleName>${name}</RoleName><RoleId>AROALOCAL</RoleId><Arn>${arn}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>`;
  return `<GetRoleResponse ${namespace}><GetRoleResult><Role>${fields}</Role></GetRoleResult></GetRoleResponse>`;
}

function error(status: number, code: string): { readonly status: number; readonly xml: string } {
  const xml = `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${code}</Code><Message>-</Message></Error></ErrorResponse>`;
  return { status, xml };
}
