import { boxLines } from '../../src/booking/schema/post-box';

test.each([
  ...[
    'PO Box 12',
    'P.O. Box 12',
    'p o box 12',
    'POBox12',
    'P.O.Box: 12',
    'POB 12',
    'P.O.B. 12',
    'PO Bx 12',
    'P0 Box 12',
  ],
  ...[
    'Post Office Box 9',
    'post-office box 9',
    'Postal Box 9',
    'PO Box A',
    'P.O. Box No. 12-B',
    'P.O. Box #12',
    'PO BOX',
  ],
  ...['P.O. Drawer 5', 'Postal Box 12', 'Apartado 12', 'Apartado Postal 12', 'Apdo. 12'],
  ...['Apt 4, PO Box 12', '123 Main St PMB 45', 'Ｐ.Ｏ. Box 12', 'P.O.\u00a0Box\u00a012', 'P‐O Box 12'],
  ...[
    'PO Box XII',
    'PO Box one',
    'PO Box AB',
    'P.O. Box AB12',
    'PO Box Twenty Two',
    'POB XII',
    'Post Box AB',
  ],
  ...[
    'PO Box, Phoenix',
    'P.O. Box 12 Main St',
    'PO Box AB, 12 Main St',
    'PO Box B Street',
    'Post Office Drawer Ten',
  ],
  ...['Private Mailbox 12', '12 Main St Private Mail Box AB', 'PMB A', '123 Main St #PMB45', 'Apdo. A-12'],
  ...['Firm Caller 5', 'Firm Caller AB', 'Caller Service 12', 'P.O. Caller Ten'],
  ...[
    'General Delivery',
    'general  delivery, Phoenix',
    'Ana Reyes c/o General Delivery',
    'GEN DEL',
    'Gen. Del.',
  ],
  ...['Poste Restante', 'Lista de Correos', `PO Box ${'a'.repeat(100_000)}`, `PO Box ${'a '.repeat(50_000)}`],
])('%p has nobody at home', (line) => {
  expect(boxLines({ firstLine: line })).toEqual(['firstLine']);
  expect(boxLines({ firstLine: '12 Main Street', secondLine: line })).toEqual(['secondLine']);
});

test.each([
  ...[
    'Poboxer Street',
    'Boxwood Ave',
    '12 Box Canyon Rd',
    '12 P O Box Canyon Rd',
    '500 Boxer Lane',
    '1 Postbox Lane',
  ],
  ...[
    'RR 2 Box 152',
    'HC 68 Box 23',
    '1 Post Office Road',
    'Post Office Square 3',
    '12 Poe Blvd',
    'Pob Lane 4',
  ],
  ...[
    'Apartamento 12',
    'Apt B 12',
    'Unit B',
    '12 Campo B St',
    'West Lincoln Street',
    '77 General Delivery Rd',
    '',
  ],
  ...['PO Box Canyon Rd', '12 Post Box Elder Creek Ln', 'Pob Trail', '4 P O Box Springs Ave', '9 Po Bin Way'],
  ...['12 PMB Drive', 'Calle Apartado', '12 Gen. del Valle', '5 Firm Caller Court', '8 Private Mailbox Ln'],
  ...[
    'Box Canyon',
    'Box Elder',
    'Boxer',
    'Post Office Rd',
    'Poe',
    '12 Mailbox Hill',
    'Binder 12',
    '12 Mail Box Road',
  ],
  ...['Cajon Box Ct', 'RR 2 Box AB12', 'HC 1 Buzon 12'],
  '.'.repeat(100_000),
])('%p may be a home', (line) => {
  expect(boxLines({ firstLine: line })).toEqual([]);
  expect(boxLines({ firstLine: '12 Main Street', secondLine: line })).toEqual([]);
});

test.each([
  ...['Box 12', 'box #12', 'Drawer A', 'Lock Box 7', 'Box no. 12', 'Box Number 12', 'Box AB12', 'Box 12-B'],
  ...[
    'Box XII',
    'Box one',
    'Box AB',
    'Mailbox 12',
    'Mail Box 12',
    'Lockbox 7',
    'Caller 5',
    'Bin 5',
    'P.O. 12',
  ],
])('%p has nobody at home as a first line; a second one may be below a rural route', (line) => {
  expect(boxLines({ firstLine: line })).toEqual(['firstLine']);
  expect(boxLines({ firstLine: 'RR 2', secondLine: line })).toEqual([]);
});

test.each([
  ...[
    ['P.O.', 'Box 12'],
    ['PO', 'Box AB'],
    ['Post Office', 'Box 12'],
    ['12 Main St, P.O.', 'Box 12'],
  ],
  ...[
    ['Box', '12'],
    ['Mail', 'Box 12'],
    ['Private', 'Mailbox 12'],
    ['General', 'Delivery'],
    ['Firm', 'Caller 5'],
    ['Apartado', '12'],
    ['P.O.', '12'],
  ],
])('%p and %p below it are one box, told of the first line', (firstLine, secondLine) => {
  expect(boxLines({ firstLine, secondLine })).toEqual(['firstLine']);
});

test.each([
  ['RR 2', 'Box 152'],
  ['HC 68', 'Box 23'],
  ['P.O.', 'Box Canyon Rd'],
  ['12 General', 'Delivery Entrance'],
  ['12 Last Post', 'Box Elder Apartments'],
  ['12 Post Office', 'Apt 4'],
  ['Boxwood Ave', '12'],
])('%p and %p below it may be a home', (firstLine, secondLine) => {
  expect(boxLines({ firstLine, secondLine })).toEqual([]);
});

test('a box in both lines is told of both', () => {
  expect(boxLines({ firstLine: 'PO Box 1', secondLine: 'PO Box 1' })).toEqual(['firstLine', 'secondLine']);
});
