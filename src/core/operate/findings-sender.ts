/** The findings queue, as an operator sends to it. */
export interface FindingsSender {
  /**
   * Sends a message with the attributes that it needs, and with more where they fit. `too-large`: the body and
   * what it needs do not fit into a message.
   */
  send(
    body: string,
    needed: Readonly<Record<string, string>>,
    more?: Readonly<Record<string, string>>,
  ): Promise<'sent' | 'too-large'>;
}
