/** A custom data identifier of Macie, as a file defines it. */
export interface IdentifierDefinition {
  readonly name: string;
  readonly description?: string;
  /** A pattern of PCRE, without what Macie leaves out. */
  readonly regex: string;
  /** One of these must stand before a match, in any case. Without keywords, every match counts. */
  readonly keywords: readonly string[];
  /** A match that contains one of these does not count. */
  readonly ignoreWords: readonly string[];
  /** The characters between the end of a keyword and the end of a match. */
  readonly maximumMatchDistance: number;
  readonly tests: readonly IdentifierTest[];
}

/** A text, and how often the identifier must match in it. */
export interface IdentifierTest {
  readonly text: string;
  readonly matches: number;
}

/** An identifier of the account. */
export interface PresentIdentifier extends Omit<IdentifierDefinition, 'tests'> {
  readonly id: string;
  readonly createdAt?: Date;
}

/** Macie's limits and defaults. */
export const identifierLimits = {
  name: 128,
  description: 512,
  regex: 512,
  keywords: 50,
  keyword: { least: 3, most: 90 },
  ignoreWords: 10,
  ignoreWord: { least: 4, most: 90 },
  distance: { least: 1, most: 300, usual: 50 },
} as const;

/** The change that makes the account's identifiers those of the file. Identifiers that the file does not name stay. */
export type IdentifierChange =
  | { readonly kind: 'same'; readonly defined: IdentifierDefinition; readonly present: PresentIdentifier }
  | { readonly kind: 'create'; readonly defined: IdentifierDefinition }
  /** Macie has no update: the identifier is deleted and created anew. */
  | {
      readonly kind: 'replace';
      readonly defined: IdentifierDefinition;
      readonly present: PresentIdentifier;
      readonly differing: readonly string[];
    };

export function changesTo(
  defined: readonly IdentifierDefinition[],
  present: readonly PresentIdentifier[],
): readonly IdentifierChange[] {
  return defined.map((each) => {
    const there = present.find(({ name }) => name === each.name);
    if (there === undefined) return { kind: 'create', defined: each };
    const differing = differences(each, there);
    if (differing.length === 0) return { kind: 'same', defined: each, present: there };
    return { kind: 'replace', defined: each, present: there, differing };
  });
}

function differences(one: IdentifierDefinition, other: PresentIdentifier): readonly string[] {
  // The order of words has no meaning, and keywords have no case.
  const words = (list: readonly string[]) => JSON.stringify(list.toSorted());
  const keywords = ({ keywords: list }: Pick<IdentifierDefinition, 'keywords'>) =>
    words(list.map((word) => word.toLowerCase()));
  const equal = {
    description: (one.description ?? '') === (other.description ?? ''),
    regex: one.regex === other.regex,
    keywords: keywords(one) === keywords(other),
    ignoreWords: words(one.ignoreWords) === words(other.ignoreWords),
    // Without keywords the distance has no meaning, and Macie does not keep it.
    maximumMatchDistance:
      one.keywords.length === 0 || one.maximumMatchDistance === other.maximumMatchDistance,
  };
  return Object.entries(equal).flatMap(([field, isEqual]) => (isEqual ? [] : [field]));
}
