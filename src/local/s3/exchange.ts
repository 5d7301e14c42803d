import type { S3Request } from './http/http-request.ts';
import type { Content } from './store/content.ts';
import type { Store } from './store/store.ts';

/** The input of every operation. */
export interface Exchange {
  readonly store: Store;
  readonly request: S3Request;
  readonly now: () => Date;
  readonly limits: Limits;
  /** The account of the caller. */
  readonly caller: string;
  /** The ARN of the principal that signed the request. */
  readonly principal: string;
}

export interface Limits {
  readonly minimumPartBytes: number;
  readonly maximumCopyBytes: number;
}

export interface S3Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly xml?: string;
  readonly content?: Content;
}

export type Operation = (exchange: Exchange) => S3Answer;
