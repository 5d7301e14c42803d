/** A stack that cannot be deployed, with a sentence that says what to do. The sentence can hold text of AWS. */
export class StackProblem extends Error {
  override readonly name = 'StackProblem';
}
