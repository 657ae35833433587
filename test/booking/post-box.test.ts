import { isPostBox, isPostBoxFirst } from '../../src/booking/schema/post-box';

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
])('%p has nobody at home', (line) => expect([isPostBox(line), isPostBoxFirst(line)]).toEqual([true, true]));

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
  '.'.repeat(100_000),
])('%p may be a home', (line) => expect([isPostBox(line), isPostBoxFirst(line)]).toEqual([false, false]));

test.each(['Box 12', 'box #12', 'Drawer A', 'Lock Box 7', 'General Delivery'])(
  '%p has nobody at home as a first line; a second one may be below a rural route',
  (line) => expect([isPostBox(line), isPostBoxFirst(line)]).toEqual([false, true]),
);
