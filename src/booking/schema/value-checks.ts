import { plainSpelling } from '../person-names';
import { hasExtension, isPhoneForm } from '../phone';
import type { FieldError } from './field-error';
import { boxLines } from './post-box';

/** What vendors may want of single fields, by name. The rules of a vendor (its facts.ts) name them. */

/** Returns what is wrong with the value of a field. */
type Check = (value: unknown, field: string) => FieldError[];

/**
 * A laboratory's pattern for names (Order Requirements, "Patient name validation"):
 * `^([a-zA-Z0-9]{1})([a-zA-Z0-9-.,']*(\s[a-zA-Z0-9-.,']+)*[a-zA-Z0-9-.,']?)$`, written so that no name can make
 * it backtrack for long.
 */
const LAB_NAME = /^[a-zA-Z0-9][a-zA-Z0-9.,'-]*(?:\s[a-zA-Z0-9.,'-]+)*$/;

/** Judges a name as it is sent: with a keyboard's apostrophes, hyphens and blanks. */
const isLabName = (name: string): boolean => {
  const sent = plainSpelling(name);
  return sent.length <= 50 && LAB_NAME.test(sent);
};

/** Ways to write the country. */
const UNITED_STATES: readonly string[] = ['US', 'USA', 'UNITEDSTATES', 'UNITEDSTATESOFAMERICA'];

/** A check of texts. Values of other kinds have an error of the form. */
const text =
  (accepts: (value: string) => boolean, hint: string): Check =>
  (value, field) =>
    typeof value === 'string' && !accepts(value) ? [{ field, hint }] : [];

const CHECKS = {
  labName: text(
    isLabName,
    "Must be 1 to 50 characters: the letters A-Z and a-z without accents, digits, - . , ' and single spaces " +
      'between words, beginning with a letter or digit. The lab accepts no others.',
  ),
  noExtension: text(
    // A text that is not a number has an error of its own.
    (phone) => !isPhoneForm(phone) || !hasExtension(phone),
    'Must be a number without an extension: the lab is not known to take one. An extension can go in notes.',
  ),
  usState: text(
    (state) => /^[A-Z]{2}$/.test(state),
    'Must be the two capital letters of a US state, like AZ.',
  ),
  unitedStates: text(
    (country) => UNITED_STATES.includes(country.replace(/[\s.]/g, '').toUpperCase()),
    'Must be US: this provider serves no other country.',
  ),
  streetAddress: boxErrors,
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof CHECKS;

/** Returns what a check finds wrong with the value of a field. */
export function checkErrors(check: CheckName, value: unknown, field: string): FieldError[] {
  return CHECKS[check](value, field);
}

const BOX_HINT =
  'Must be the street address of the home: nobody can be visited at a post office box or a mail agency.';

/** Returns errors for the address lines at which nobody can be visited. */
function boxErrors(address: unknown, field: string): FieldError[] {
  const lineOf = (name: string): string | undefined => {
    const line: unknown =
      typeof address === 'object' && address !== null ? Reflect.get(address, name) : undefined;
    return typeof line === 'string' ? line : undefined;
  };
  const lines = { firstLine: lineOf('firstLine'), secondLine: lineOf('secondLine') };
  return boxLines(lines).map((line) => ({ field: `${field}.${line}`, hint: BOX_HINT }));
}
