/** A finding in Macie's schema, as EventBridge carries it in `detail`. */
export type FindingDetail = Readonly<Record<string, unknown>> & { readonly id: string };

/** The findings that a caller knows. A region knows only its own. */
export interface FindingsInView {
  add(...findings: readonly FindingDetail[]): void;
  find(region: string, id: string): FindingDetail | undefined;
  in(region: string): readonly FindingDetail[];
}

/** The findings that the API knows. */
export interface KnownFindings extends FindingsInView {
  forget(id: string): void;
  /** What an account knows that administers no other: its own findings. */
  ofAccount(accountId: string): FindingsInView;
}

export function createKnownFindings(): KnownFindings {
  const known = new Map<string, FindingDetail>();
  const inView = (isSeen: (finding: FindingDetail) => boolean): FindingsInView => ({
    add(...findings) {
      for (const finding of findings) known.set(finding.id, finding);
    },
    find(region, id) {
      const finding = known.get(id);
      return finding !== undefined && finding['region'] === region && isSeen(finding) ? finding : undefined;
    },
    in: (region) => [...known.values()].filter((finding) => finding['region'] === region && isSeen(finding)),
  });
  return {
    ...inView(() => true),
    ofAccount: (accountId) => inView((finding) => finding['accountId'] === accountId),
    forget(id) {
      known.delete(id);
    },
  };
}
