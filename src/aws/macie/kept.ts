/** A bounded number of answers. The answer that was used longest ago is forgotten first. */
export interface Kept<Answer> {
  get(id: string): Answer | undefined;
  keep(id: string, answer: Answer): void;
}

export function createKept<Answer>(maximum: number): Kept<Answer> {
  const answers = new Map<string, Answer>();
  const keep = (id: string, answer: Answer): void => {
    // A map remembers the order in which its entries were set.
    answers.delete(id);
    answers.set(id, answer);
    const [oldest = ''] = answers.keys();
    if (answers.size > maximum) answers.delete(oldest);
  };
  return {
    get(id) {
      const answer = answers.get(id);
      if (answer !== undefined) keep(id, answer);
      return answer;
    },
    keep,
  };
}
