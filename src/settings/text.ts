/**
 * Tells what is wrong with a text of the settings, by the position of a character and never by the character itself.
 */

/** Why a text cannot be used; null when it can. */
export type Fault = string | null;

/** C0 and C1 control characters, DEL included. */
const CONTROL = /\p{Cc}/u;

/** Halves of surrogate pairs, which no UTF-8 text holds. */
const HALF_PAIR = /\p{Cs}/u;

/** What a header field may hold by RFC 9110, 5.5, without invisible characters (U+00A0, the soft hyphen U+00AD). */
const IN_A_HEADER = /[\x20-\x7e\xa1-\xac\xae-\xff]/u;

/** What any client can send as a bearer token: visible ASCII characters. */
const IN_A_TOKEN = /[\x21-\x7e]/u;

/** Returns the fault of a text for people and for JSON: no control characters, not blank, no surrounding blanks. */
export function plainFault(text: string): Fault {
  return secretFault(text) ?? aroundFault(text);
}

/** Returns the fault of a secret. Surrounding blanks may belong to it, as in a password. */
export function secretFault(text: string): Fault {
  if (text.trim() === '') return 'must not be blank';
  const position = positionOf(text, (character) => CONTROL.test(character) || HALF_PAIR.test(character));
  return position === null ? null : `must not hold control characters (character ${position} is one)`;
}

/** Returns the fault of a text that goes into an HTTP header as it is. */
export function headerFault(text: string): Fault {
  if (text.trim() === '') return 'must not be blank';
  const position = positionOf(text, (character) => !IN_A_HEADER.test(character));
  if (position !== null) return `must be fit for an HTTP header: character ${position} cannot be sent in one`;
  return aroundFault(text);
}

/** Returns the fault of a secret that callers send as a bearer token. */
export function tokenFault(text: string): Fault {
  const position = positionOf(text, (character) => !IN_A_TOKEN.test(character));
  if (position !== null) return `character ${position} of a secret cannot be sent as a bearer token`;
  const fault = leftoverFault(text);
  return fault && `gives a secret that ${fault}`;
}

/** What is written around a value, or in its place, and is not meant to arrive. */
const LEFTOVERS: readonly (readonly [leftover: RegExp, fault: string])[] = [
  // `docker run --env-file` keeps the quotes of a file.
  [/^["'`]|["'`]$/, 'must not have quotes around it'],
  // Of a shell, Compose and Kubernetes; of Helm and Jinja; of Windows.
  [
    /\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|^\$[A-Z_][A-Z0-9_]*$|^%[A-Z_][A-Z0-9_]*%$/,
    'must be the value itself, not the name of a variable',
  ],
  [/^<.*>$/, 'must be the value itself, not a placeholder'],
  [/^(?:bearer|basic)\s/i, 'must be the value alone, without the scheme of a header'],
];

/** Returns the fault of a value that still has its quotes or scheme, or was never filled in. */
export function leftoverFault(text: string): Fault {
  return LEFTOVERS.find(([leftover]) => leftover.test(text.trim()))?.[1] ?? null;
}

/** Returns the fault of a credential that goes into an HTTP header. */
export function credentialFault(text: string): Fault {
  return headerFault(text) ?? leftoverFault(text);
}

function aroundFault(text: string): Fault {
  return text === text.trim() ? null : 'must not begin or end with a blank';
}

/** Returns the position of the first character that is found, from 1; null when there is none. */
function positionOf(text: string, isFound: (character: string) => boolean): number | null {
  const position = Array.from(text).findIndex(isFound);
  return position < 0 ? null : position + 1;
}
