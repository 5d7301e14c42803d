/** A finding in Macie's schema, as EventBridge carries it in `detail`. */
export type FindingDetail = Readonly<Record<string, unknown>> & { readonly id: string };

/** The findings that the API knows. A region knows only its own. */
export interface KnownFindings {
  add(...findings: readonly FindingDetail[]): void;
  forget(id: string): void;
  find(region: string, id: string): FindingDetail | undefined;
  in(region: string): readonly FindingDetail[];
}

export function createKnownFindings(): KnownFindings {
  const known = new Map<string, FindingDetail>();
  return {
    add(...findings) {
      for (const finding of findings) known.set(finding.id, finding);
    },
    forget(id) {
      known.delete(id);
    },
    find(region, id) {
      const finding = known.get(id);
      return finding?.['region'] === region ? finding : undefined;
    },
    in: (region) => [...known.values()].filter((finding) => finding['region'] === region),
  };
}
