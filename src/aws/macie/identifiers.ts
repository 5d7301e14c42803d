import {
  CreateCustomDataIdentifierCommand,
  DeleteCustomDataIdentifierCommand,
  GetCustomDataIdentifierCommand,
  type Macie2Client,
  paginateListCustomDataIdentifiers,
  TestCustomDataIdentifierCommand,
} from '@aws-sdk/client-macie2';
import type { IdentifierDefinition, PresentIdentifier } from '../../core/operate/macie/identifiers.ts';
import { listOf, valueOf } from '../sdk/answered.ts';

/** Returns the identifiers of the account, by name. */
export async function listIdentifiers(client: Macie2Client): Promise<readonly PresentIdentifier[]> {
  const found: PresentIdentifier[] = [];
  for await (const { items } of paginateListCustomDataIdentifiers({ client }, {})) {
    for (const item of listOf(items, 'ListCustomDataIdentifiers')) {
      const id = valueOf(item.id, 'ListCustomDataIdentifiers', 'id');
      const each = await client.send(new GetCustomDataIdentifierCommand({ id }));
      if (each.deleted) continue;
      found.push({
        id,
        name: valueOf(each.name, 'GetCustomDataIdentifier', 'name'),
        ...(each.description && { description: each.description }),
        regex: valueOf(each.regex, 'GetCustomDataIdentifier', 'regex'),
        keywords: each.keywords ?? [],
        ignoreWords: each.ignoreWords ?? [],
        maximumMatchDistance: each.maximumMatchDistance ?? 50,
        ...(each.createdAt && { createdAt: each.createdAt }),
      });
    }
  }
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

/** Returns how often Macie matches in the text. Macie refuses a pattern that it does not understand. */
export async function testIdentifier(
  client: Macie2Client,
  defined: IdentifierDefinition,
  sampleText: string,
): Promise<number> {
  const { matchCount } = await client.send(
    new TestCustomDataIdentifierCommand({ ...criteria(defined), sampleText }),
  );
  return valueOf(matchCount, 'TestCustomDataIdentifier', 'count');
}

/** Creates the identifier and returns its id. A repeat with the same token creates no second one. */
export async function createIdentifier(
  client: Macie2Client,
  defined: IdentifierDefinition,
  clientToken: string,
): Promise<string> {
  const { name, description } = defined;
  const { customDataIdentifierId } = await client.send(
    new CreateCustomDataIdentifierCommand({
      clientToken,
      name,
      ...(description !== undefined && { description }),
      ...criteria(defined),
    }),
  );
  return valueOf(customDataIdentifierId, 'CreateCustomDataIdentifier', 'id');
}

export async function deleteIdentifier(client: Macie2Client, id: string): Promise<void> {
  await client.send(new DeleteCustomDataIdentifierCommand({ id }));
}

/** Macie takes no empty lists. */
function criteria({ ignoreWords, keywords, maximumMatchDistance, regex }: IdentifierDefinition) {
  return {
    regex,
    ...(keywords.length > 0 && { keywords: [...keywords], maximumMatchDistance }),
    ...(ignoreWords.length > 0 && { ignoreWords: [...ignoreWords] }),
  };
}
