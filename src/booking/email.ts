/**
 * E-mail addresses. Every possible address is accepted: some contracts have a plain string, others the format `email`,
 * which is read as RFC 5321 with the international addresses of RFC 6531. Pure.
 */

/**
 * Longest address (RFC 5321 with RFC 3696, erratum 1690) and longest part before the @ (RFC 5321, 4.5.3.1.1), in bytes.
 */
const MAX_BYTES = 254;
const MAX_LOCAL_BYTES = 64;

/** Longest domain in its ASCII form (RFC 1035, 2.3.4), in characters. LABEL holds the limit of a label. */
const MAX_DOMAIN = 253;

/** Atoms with single dots between them (RFC 5322, 3.2.3; RFC 6531, 3.3). */
const DOT_ATOMS =
  /^[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u{80}-\u{10ffff}-]+)*$/u;

/** A quoted string (RFC 5321, 4.1.2). */
const QUOTED = /^"(?:[ !#-[\]-~\u{80}-\u{10ffff}]|\\[ -~])+"$/u;

/** Blanks, except the one that quotes may hold, and invisible characters: no address contains them. */
const UNSEEN = /[^\P{Z} ]|[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;

const DOMAIN = /^[A-Za-z0-9.\u{80}-\u{10ffff}-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Returns true when a text can be an e-mail address: one bare address, without a display name. */
export function isEmail(text: string): boolean {
  const { local, domain } = partsOf(text);
  const isLocal = bytesOf(local) <= MAX_LOCAL_BYTES && (DOT_ATOMS.test(local) || QUOTED.test(local));
  return isLocal && !UNSEEN.test(text) && bytesOf(text) <= MAX_BYTES && isDomain(domain);
}

/**
 * Returns true when two addresses are the same. Case does not count, and neither does whether an international domain
 * is written in letters or in its ASCII form. Accents do count. Returns false when one of them is missing or blank.
 */
export function isSameEmail(a: string | null | undefined, b: string | null | undefined): boolean {
  const [one, other] = [comparable(a), comparable(b)];
  return one !== '' && one === other;
}

/** Returns the address with an international domain in its ASCII form, as the format `email` has it. */
export function withAsciiDomain(email: string): string {
  const { local, domain } = partsOf(email);
  const ascii = /[^\0-\x7f]/.test(domain) ? asciiOf(domain) : null;
  return ascii === null ? email : `${local}@${ascii}`;
}

function comparable(email: string | null | undefined): string {
  const text = (email ?? '').normalize('NFKC').trim().toLowerCase();
  const { local, domain } = partsOf(text);
  const ascii = asciiOf(domain);
  return ascii === null ? text : `${local}@${ascii}`;
}

function partsOf(text: string): { local: string; domain: string } {
  const at = text.lastIndexOf('@');
  return at < 0 ? { local: text, domain: '' } : { local: text.slice(0, at), domain: text.slice(at + 1) };
}

/** Returns true for a public domain: a top-level domain alone takes no mail, and no top-level domain is a number. */
function isDomain(domain: string): boolean {
  const ascii = asciiOf(domain);
  if (ascii === null || ascii.length > MAX_DOMAIN) return false;
  // Checked as written, because an encoded label no longer ends with its own last character.
  if (/^-|-$|-\.|\.-/.test(domain)) return false;
  const labels = ascii.split('.');
  return labels.length > 1 && labels.every((label) => LABEL.test(label)) && /[a-z][^.]*$/.test(ascii);
}

/** Returns the domain in ASCII (IDNA), in lower case; null when it is not a domain. */
function asciiOf(domain: string): string | null {
  if (!DOMAIN.test(domain)) return null;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
