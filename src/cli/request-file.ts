import { readFile } from 'node:fs/promises';
import { decodeText, hintOfNul } from '../booking/bytes';
import { requestErrors } from '../booking/schema/check-request';
import { UsageError } from './errors';
import type { Io } from './io';
import { parseJson } from './json-file';

/** Reads requests from files, and checks them in full before Temporal is reached. */

/** The name that means standard input. */
export const STDIN = '-';

/**
 * Returns the booking request in a file, checked but as it is written: a day like `+3d` stays, so that the same file
 * and key mean the same booking tomorrow. Throws a UsageError that names the file and everything that is wrong: that it
 * cannot be read, where it is not JSON, or each wrong field.
 */
export async function readRequest(io: Pick<Io, 'stdin'>, file: string): Promise<unknown> {
  const value = await readJson(io, file);
  const errors = requestErrors(value, { now: new Date() });
  if (errors.length > 0) {
    throw new UsageError(
      `${nameOf(file)} holds no valid booking request; nothing was started.`,
      'invalid_request',
      errors,
    );
  }
  return value;
}

/**
 * Returns the JSON in a file, unchecked. Throws a UsageError that names the file, and where it is not JSON or not text.
 */
export async function readJson(io: Pick<Io, 'stdin'>, file: string): Promise<unknown> {
  const bytes = file === STDIN ? await bytesOf(io.stdin) : await fileBytes(file);
  const text = textOf(file, bytes);
  const parsed = parseJson(text);
  if (!('mistake' in parsed)) return parsed.value;
  const nul = hintOfNul(text);
  if (nul !== null) throw notText(file, nul);
  const { line, column, expected } = parsed.mistake;
  throw new UsageError(
    `${nameOf(file)} is not valid JSON; nothing was started.\nLine ${line}, column ${column}: expected ${expected}.`,
    'malformed_json',
  );
}

/** Returns the text of a file. Its byte order mark tells the encoding; without one it is UTF-8. */
function textOf(file: string, bytes: Buffer): string {
  const decoded = decodeText(bytes);
  if ('text' in decoded) return decoded.text;
  const { hint, byte } = decoded;
  throw notText(file, byte === null ? hint : `Line ${lineOf(bytes, byte)}: ${hint}`);
}

function notText(file: string, hint: string): UsageError {
  return new UsageError(
    `${nameOf(file)} is not text in UTF-8; nothing was started.\n${hint}`,
    'malformed_json',
  );
}

/**
 * Returns the line, from 1, that the n-th byte is in. Unless the file is UTF-16, a line ends with the byte 0A or 0D.
 */
function lineOf(bytes: Buffer, byte: number): number {
  return bytes
    .subarray(0, byte - 1)
    .toString('latin1')
    .split(/\r\n|\r|\n/).length;
}

function nameOf(file: string): string {
  return file === STDIN ? 'standard input' : file;
}

const CANNOT_READ: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'it may not be read by you',
};

async function fileBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (err) {
    const code = typeof err === 'object' && err !== null && 'code' in err ? String(err.code) : '';
    throw new UsageError(`Cannot read ${file}: ${CANNOT_READ[code] ?? `it cannot be read (${code})`}.`);
  }
}

async function bytesOf(stream: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
