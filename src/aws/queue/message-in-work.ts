import type { Message } from '../../core/message.ts';
import type { InvisibleMessage } from './visibility.ts';

/** A message in work. */
export interface MessageInWork extends InvisibleMessage {
  /** The message of the newest receive, whose receipt handle settles it. */
  message: Message;
  receiptHandle: string;
  receivedAtMs: number;
  /**
   * The message was handed back. Another worker may have it now, so the result of this work settles nothing
   * any more.
   */
  isHandedBack: boolean;
  /** Stops the work at a point from which it can be resumed. */
  readonly interruption: AbortController;
}
