import { BOOK_FIELDS, BOOK_RULES, readBookExample, type Check } from './seeds/book-page';
import { CANCEL_FIELDS, checkMember, checkProperty, readCancelExample } from './seeds/cancel-page';
import { CREATE_ANSWER, CREATE_FIELDS, CREATE_RULES } from './seeds/create-page';
import {
  answerSchemaOf,
  exampleFieldsOf,
  exampleOf,
  fieldsOf,
  propertiesOf,
  rulesOf,
  seedPages,
} from './seeds/pages';

/**
 * Every field and rule of the three pages that this project was created from has a row that names it and a check
 * that exercises it, against the adapters and the sandboxes. The checks run anywhere; that none is missing is
 * told where the pages lie beside the project.
 */

const pages = seedPages();
const withPages = pages ? describe : describe.skip;

/** Sentences of a page that say nothing about the API. */
const NO_RULES: readonly string[] = [
  'Fetch the complete documentation index at:',
  'Use this file to discover all available pages',
];

const tables: [page: string, table: Readonly<Record<string, Check>>][] = [
  ['book', BOOK_FIELDS],
  ['book, its rules', BOOK_RULES],
  ['create', CREATE_FIELDS],
  ['create, its answer', CREATE_ANSWER],
  ['create, its rules', CREATE_RULES],
  ['cancel', CANCEL_FIELDS],
];

describe.each(tables)('%s', (_page, table) => {
  test.each(Object.entries(table))('%s', async (_name, check) => {
    expect.hasAssertions();
    await check();
  });
});

withPages('on the pages there is nothing without a row:', () => {
  const { book, create, cancel } = pages ?? { book: '', create: '', cancel: '' };
  const uncovered = (rules: string[], rows: Readonly<Record<string, unknown>>): string[] =>
    rules.filter((rule) => ![...Object.keys(rows), ...NO_RULES].some((row) => rule.startsWith(row)));

  test.each([
    ['book', book, BOOK_FIELDS],
    ['create', create, CREATE_FIELDS],
    ['cancel', cancel, CANCEL_FIELDS],
  ])('every field of %s, and no other', (_name, page, rows) => {
    expect(Object.keys(rows).sort()).toEqual(fieldsOf(page).sort());
  });

  test('every value of the answer that create shows, and no other', () => {
    expect(Object.keys(CREATE_ANSWER).sort()).toEqual(exampleFieldsOf(create).sort());
  });

  test('every rule of book and create', () => {
    const bookRules = rulesOf(book, 'Authorizations');
    const createRules = rulesOf(create, 'Documentation Index');
    expect(bookRules.length).toBeGreaterThan(10);
    expect(createRules.length).toBeGreaterThan(10);
    expect(uncovered(bookRules, BOOK_RULES)).toEqual([]);
    expect(uncovered(createRules, CREATE_RULES)).toEqual([]);
  });

  test('every row of a rule is on its page', () => {
    for (const rule of Object.keys(BOOK_RULES)) expect(book).toContain(rule);
    for (const rule of Object.keys(CREATE_RULES)) expect(create).toContain(rule);
  });

  test('the example of book is read, although it breaks its own schema', () => {
    expect(readBookExample(exampleOf(book))).toMatchObject({
      orderId: 'the order of the path',
      phase: 'pending',
      startsAt: '2023-05-15T16:00:00.000Z',
      address: { firstLine: 'West Lincoln Street', secondLine: '14', zip: '85004' },
      location: { lng: -112.0772235, lat: 33.4421912 },
      provider: 'getlabs',
      canReschedule: true,
    });
  });
});

withPages('the order that cancel answers', () => {
  const order = pages ? answerSchemaOf(pages.cancel).order : {};
  const properties = propertiesOf(order, 'order');
  const paths = [...new Set(properties.map(({ path }) => path))];
  const members = properties.flatMap(({ path, members: all }) =>
    all.map((member) => [path, member] as const),
  );

  test('has its properties', () => {
    expect(paths.length).toBeGreaterThan(60);
    expect(members.length).toBeGreaterThan(20);
  });

  test.each(paths.map((path) => [path]))('%s', (path) => checkProperty(order, path));

  test.each(members)('%s: %s', (path, member) => checkMember(order, path, member));

  test('is read as the example shows it, wrapped in an array or not', () => {
    const { bare, inArray } = readCancelExample(order);
    expect(inArray).toEqual(bare);
    expect(bare).toMatchObject({
      kind: 'testkit',
      status: 'collecting_sample.testkit.transit_customer',
      phase: 'collecting',
      dob: '2020-01-01',
      address: { firstLine: '123 Main St.', secondLine: 'Apt. 208', zip: '91189' },
    });
  });
});
