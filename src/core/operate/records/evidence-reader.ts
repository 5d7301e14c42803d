/** Reads the isolation bucket for commands, besides its copies. */
export interface EvidenceReader {
  /** Returns the names directly under a prefix that ends in `/`: the text between the prefix and the next `/`. */
  folders(prefix: string): Promise<readonly string[]>;
  /** Returns every key with this prefix, in the order of their bytes; if given, only those after `startAfter`. */
  keys(prefix: string, startAfter?: string): AsyncIterable<string>;
  get(key: string): Promise<string | undefined>;
}
