import { dayOf, startOfDay, utc } from '../../../src/providers/oliver/times';
import { BY_REMOTE_ID, LIST, listed, ok, OPEN_TIMES, page } from './fixtures';
import { oliverStage, queryOf, whereOf } from './setup';

const ZONE = 'America/Chicago';

/** What was noticed, each field and value once. */
function listener() {
  const said = new Set<string>();
  return { notice: (field: string, value: string) => void said.add(`${field}=${value}`), said };
}

describe('a time', () => {
  test.each([
    ...[
      '2026-12-07T22:00:00Z',
      '2026-12-07 22:00:00+00',
      '2026-12-07T16:00:00-06',
      '2026-12-07 16:00:00-0600',
    ],
    ...[
      '2026-12-07T16:00',
      '2026-12-07 16:00:00',
      '2026-12-07t16:00:00',
      ' 2026-12-07T16:00:00,000 ',
      '20261207T160000',
    ],
    ...[
      '16:00',
      '16:00:00',
      ' 16:00 ',
      '16:00:00-06:00',
      '16:00-06',
      '22:00Z',
      '1796680800',
      '1796680800000',
    ],
  ])('%p is read, by the wall of the practice where it has no offset', (given) => {
    const { notice, said } = listener();
    expect(utc(given, ZONE, '2026-12-07', { field: 'slot.start', notice })).toBe('2026-12-07T22:00:00.000Z');
    expect([...said]).toEqual([]);
  });
  test.each([
    ['9:00', '2026-12-07T15:00:00.000Z'],
    ['24:00', '2026-12-08T06:00:00.000Z'],
    ['00:00', '2026-12-07T06:00:00.000Z'],
  ])('%p of a day is %s', (given, read) => {
    expect(utc(given, ZONE, '2026-12-07')).toBe(read);
  });
  test.each([
    '25:00',
    '16:61',
    '4 pm',
    'tomorrow',
    '2026-02-30T16:00',
    '2026-12-07T16:00:00+25:00',
    '9999-12-31T00:00:00Z',
  ])('%p is none, and that is noticed by its field', (given) => {
    const { notice, said } = listener();
    expect(utc(given, ZONE, '2026-12-07', { field: 'slot.start', notice })).toBeNull();
    expect([...said]).toEqual(['slot.start=unreadable']);
  });
  test('a time of day without a day is none', () => {
    expect(utc('16:00', ZONE)).toBeNull();
  });
  test('by the zone’s clock of our data', () => {
    expect(utc('2026-12-07T16:00', 'America/Vancouver')).toBe('2026-12-07T23:00:00.000Z');
    expect(utc('2027-03-14T02:30', 'America/New_York')).toBe('2027-03-14T07:30:00.000Z');
    expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe(Date.parse('2018-11-04T03:00:00Z'));
  });
});

describe('a day', () => {
  test.each(['12/07/2026', ' 12/7/2026 ', '2026-12-07', '2026-12-07T00:00:00Z', '20261207'])(
    '%p is read',
    (given) => {
      expect(dayOf(given)).toBe('2026-12-07');
    },
  );
  test.each(['13/07/2026', '02/30/2026', '2026-02-30', '7.12.2026', 'today', '12/07/9999'])(
    '%p is none',
    (given) => {
      const { notice, said } = listener();
      expect(dayOf(given, { field: 'open_time.date', notice })).toBeNull();
      expect([...said]).toEqual(['open_time.date=unreadable']);
    },
  );
});

describe('over the wire', () => {
  const stage = oliverStage();
  const search = async (times: object[], account: { timezone?: string } = {}) => {
    stage().signsIn();
    stage().resolves();
    stage().server.expect(OPEN_TIMES, ok([{ date: '12/07/2026', available: true, times }]));
    const found = await stage().provider(account).searchSlots(stage().call(), queryOf(BY_REMOTE_ID));
    return found.slots;
  };

  test('an offset that contradicts the practice’s zone is the clock there, and is warned about once', async () => {
    const times = ['a', 'b', 'c'].map((uuid) => ({ uuid, start: '2026-12-07T16:00:00-07:00' }));
    const slots = await search(times);
    expect(slots.map(({ offsets }) => offsets?.startsAt)).toEqual(['-07:00', '-07:00', '-07:00']);
    expect(slots[0]).toMatchObject({
      startsAt: '2026-12-07T23:00:00.000Z',
      endsAt: '2026-12-07T23:20:00.000Z',
    });
    expect(stage().warned).toEqual([{ field: 'offset at America/Chicago', value: '-0700' }]);
  });

  test('what cannot be read is skipped and noticed once', async () => {
    const slots = await search([
      { uuid: 'a', start: 'soon' },
      { uuid: 'b', start: 'later' },
      { uuid: 'c', start: '16:00', end: 'x' },
    ]);
    expect(slots).toMatchObject([{ key: 'c', endsAt: '2026-12-07T22:20:00.000Z' }]);
    expect(stage().warned).toEqual([
      { field: 'slot.start', value: 'unreadable' },
      { field: 'slot.end', value: 'unreadable' },
    ]);
  });

  test('of two words on an appointment the newer counts, in whatever form its time comes', async () => {
    stage().signsIn();
    stage().resolves();
    const row = (status: string, updated_at: unknown) => listed({ status, updated_at });
    const rows = [row('ACCEPTED', '2026-12-01 11:59:00+00'), row('DECLINED', '2026-12-01T11:58:00Z')];
    stage().server.expect(LIST, page([rows[0]], { total_pages: 2, total_count: 1 }));
    stage().server.expect(LIST, page([rows[0]], { page: 1, total_pages: 2, total_count: 1 }));
    const provider = stage().provider();
    await provider.lookUp(stage().call(), whereOf());
    stage().clock.now += 2_000;
    stage().server.expect(LIST, page([rows[1]]));
    const { live } = await provider.lookUp(stage().call(), whereOf());
    expect(live).toMatchObject([{ status: 'ACCEPTED' }]);
  });
});
