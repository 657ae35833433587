import { charsetOf } from '../../src/booking/content-type';
import { expectReadOnce } from '../support/costs';

test.each([
  ['application/json; charset=utf-8', 'utf-8'],
  ['application/json;CHARSET = "latin1" ; q=1', 'latin1'],
  ['application/json; charset="iso\\-8859-1"', 'iso-8859-1'],
  ["application/json; charset='latin1'", 'latin1'],
  ['application/json; boundary="a; charset=latin1"; charset=utf-8', 'utf-8'],
  ['application/json; boundary="a\\"; charset=latin1"; charset=utf-8', 'utf-8'],
  ['application/json; boundary="a"x; charset=utf-8', 'utf-8'],
  ['application/json; charset="utf-8', 'utf-8'],
  ['application/json; x; charset=utf-8', 'utf-8'],
  ['application/json;; charset=; charset=utf-8', 'utf-8'],
  ['application/json; charset=latin1, application/json', 'latin1'],
  ['application/json; boundary="a; charset=latin1"', undefined],
  ['application/json; boundary="a; charset=latin1', undefined],
  ['application/json; xcharset=latin1', undefined],
  ['application/json; charset', undefined],
  ['charset=latin1', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('%p names %p', (contentType, charset) => {
  expect(charsetOf(contentType)).toBe(charset);
});

test.each(['; a="', ';', '; charset', ';=', '; a="\\', ' ', '"', ','])(
  'however often it holds %j, it is read once over',
  (piece) => {
    expectReadOnce((length) => {
      const header = `a${piece.repeat(length)}`;
      return () => charsetOf(header);
    }, 20_000);
  },
);
