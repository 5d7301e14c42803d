import type { Message } from '../core/message.ts';

/**
 * Knows which finding a message is about, so that every line about the message names the finding. A finding
 * is known once the body of its message was read.
 */
export function createMessageIdentity() {
  const findingIds = new WeakMap<Message, string>();

  return {
    isAbout(message: Message, findingId: string): void {
      findingIds.set(message, findingId);
    },
    /** The same message was received again while its earlier delivery is in work. */
    isSameAs(message: Message, earlier: Message): void {
      const findingId = findingIds.get(earlier);
      if (findingId !== undefined) findingIds.set(message, findingId);
    },
    /** The fields of every line about a message. */
    fieldsOf: (message: Message) => ({
      findingId: findingIds.get(message),
      messageId: message.id,
      attempt: message.receiveCount,
    }),
  };
}

export type MessageIdentity = ReturnType<typeof createMessageIdentity>;
