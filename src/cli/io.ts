import type { BookingClient } from '../client/booking-client';

/** Everything that the command line touches outside itself, so that tests can run it in their own process. */
export interface Io {
  stdout: Output;
  stderr: Output;
  stdin: AsyncIterable<string | Uint8Array>;
  /** Reaches Temporal. Throws `temporal_unavailable`, or a ConfigError for a wrong setting. */
  connect(): Promise<Connected>;
  /** Reaches the list of encryption keys there. Throws as `connect`, but not for keys that are missing or wrong. */
  connectKeys(): Promise<ConnectedKeys>;
  /** Calls `end` on Ctrl-C, until the returned function is called. */
  onInterrupt(end: () => void): () => void;
  /** The person who types. It is kept with the messages that a booking is sent. */
  operator: string;
}

/** `process.stdout`, or an output that a test reads. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  /** Absent when nothing can be coloured. Node's own returns false when NO_COLOR is set. */
  hasColors?(): boolean;
}

export interface Connected {
  bookings: BookingClient;
  close(): Promise<void>;
}

/** The encryption keys of a deployment. */
export interface KeyList {
  /** The key with which this process encrypts. */
  newestId: string;
  /** Returns the ids on the list; null when there is no list yet. */
  list(): Promise<string[] | null>;
  /** Returns true when this process has the listed key. */
  isHeld(keyId: string): Promise<boolean>;
  /** Takes a key off the list. Returns false when it was not on it. */
  retire(keyId: string): Promise<boolean>;
}

export interface ConnectedKeys {
  keys: KeyList;
  close(): Promise<void>;
}

const ESCAPE = '\u001b';
/** Control characters, except line ends and the colours that we set. */
const UNPRINTABLE = new RegExp(`(?!\\n|${ESCAPE}\\[\\d{1,2}m)\\p{Cc}`, 'gu');

/**
 * Writes lines for people, without control characters: providers' words are in them and must not steer the terminal.
 */
export function writeLines(output: Output, text: string): void {
  output.write(`${text.replaceAll(UNPRINTABLE, '')}\n`);
}
