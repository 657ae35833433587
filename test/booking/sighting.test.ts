import { CAPABILITIES } from '../../src/booking/capabilities';
import type { Appointment, Order, Sighting } from '../../src/booking/model';
import { bookRef } from '../../src/booking/ref';
import { type OwnershipClue, sightingMark, ownershipIn } from '../../src/booking/sighting';

const START = '2026-12-07T15:00:00.000Z';
const MAKER = 'b00k1ng.k1';

const appointment = (id: string, more: Partial<Appointment> = {}): Appointment => ({
  id,
  orderId: null,
  provider: 'getlabs',
  providerId: null,
  externalId: null,
  type: 'phlebotomy',
  status: 'confirmed',
  eventStatus: 'scheduled',
  phase: 'confirmed',
  startsAt: START,
  endsAt: '2026-12-07T16:00:00.000Z',
  timezone: null,
  address: null,
  location: null,
  place: null,
  canReschedule: null,
  ref: null,
  reason: null,
  ...more,
});

const order = (status: string): Order => ({
  id: 'o1',
  status,
  phase: 'ready',
  kind: 'at_home_phlebotomy',
  passthrough: null,
  userId: null,
  address: null,
  dob: null,
  createdAt: null,
  hasAppointmentSince: null,
});

const sighting = (live: Appointment[], ended: Appointment[] = []): Sighting => ({ order: null, live, ended });

describe('whose, where the ref returns', () => {
  const clue: OwnershipClue = {
    maker: MAKER,
    ownIds: ['told'],
    takenOver: null,
    orderId: 'o1',
    refReturns: CAPABILITIES['junction-phlebotomy'].refReturns,
    before: [],
    triedStartsAt: START,
  };
  const OURS = appointment('a1', { ref: bookRef(MAKER, 1) });
  const OURS_TOO = appointment('a2', { ref: bookRef(MAKER, 2) });
  const TOLD = appointment('told');
  const BARE = appointment('a3');
  const OTHER_BOOKING = appointment('a4', { ref: bookRef(`${MAKER}2`, 1) });

  test.each<[name: string, live: Appointment[], is: string, id: string | null]>([
    ['nothing', [], 'none', null],
    ['ours', [OURS], 'ours', 'a1'],
    ['ours from any generation', [OURS_TOO], 'ours', 'a2'],
    ['one that an answer named', [TOLD], 'ours', 'told'],
    ['one without a ref, though at our start', [BARE], 'foreign', 'a3'],
    ['one of another booking, though its id begins like ours', [OTHER_BOOKING], 'foreign', 'a4'],
    ['several, none ours', [BARE, OTHER_BOOKING], 'foreign', 'a3'],
    ['two of ours', [OURS, OURS_TOO], 'ambiguous', null],
    ['ours beside another', [BARE, OURS], 'ambiguous', null],
  ])('%s', (_name, live, is, id) => {
    const answer = ownershipIn(sighting(live), clue);
    expect(answer.is).toBe(is);
    if (id) expect(answer).toMatchObject({ appointment: { id } });
    if (is === 'ambiguous') expect(answer).toEqual({ is, appointments: live });
  });

  test('cancelled ones are nobody’s', () => {
    expect(ownershipIn(sighting([], [OURS]), clue)).toEqual({ is: 'none' });
  });
});

describe('whose, where the ref does not return', () => {
  const clue = (more: Partial<OwnershipClue>): OwnershipClue => ({
    maker: MAKER,
    ownIds: [],
    takenOver: null,
    orderId: null,
    refReturns: CAPABILITIES.oliver.refReturns,
    before: [],
    triedStartsAt: START,
    ...more,
  });
  const AT = appointment('at');
  const AT_TOO = appointment('at2', { startsAt: '2026-12-07T15:00:00Z' });
  const ELSEWHERE = appointment('else', { startsAt: '2026-12-09T15:00:00Z' });
  const NO_TIME = appointment('no-time', { startsAt: null });
  const NEAR = appointment('near', { isNearMatch: true });

  test.each<[name: string, live: Appointment[], clue: OwnershipClue, is: string, id: string | null]>([
    ['nothing', [], clue({}), 'none', null],
    ['one at the start', [AT], clue({}), 'ours', 'at'],
    ['one at the start, otherwise written', [AT_TOO], clue({}), 'ours', 'at2'],
    ['one at the start, and an old one elsewhere', [AT, ELSEWHERE], clue({ before: ['else'] }), 'ours', 'at'],
    ['only the old one elsewhere', [ELSEWHERE], clue({ before: ['else'] }), 'none', null],
    ['an old one at the start', [AT], clue({ before: ['at'] }), 'ambiguous', null],
    [
      'a new one at the start beside an old one there',
      [AT, AT_TOO],
      clue({ before: ['at'] }),
      'ambiguous',
      null,
    ],
    ['two new ones at the start', [AT, AT_TOO], clue({}), 'ambiguous', null],
    ['a new one elsewhere', [ELSEWHERE], clue({}), 'ambiguous', null],
    ['a new one at the start and a new one elsewhere', [AT, ELSEWHERE], clue({}), 'ambiguous', null],
    ['a new one without a time', [NO_TIME], clue({}), 'ambiguous', null],
    ['one at the start whose people are only nearly ours', [NEAR], clue({}), 'ambiguous', null],
    ['such a one that was there before', [NEAR], clue({ before: ['near'] }), 'ambiguous', null],
    [
      'one at the start, after a look that was partial',
      [AT],
      clue({ isBeforePartial: true }),
      'ambiguous',
      null,
    ],
    ['one before anything was tried', [AT], clue({ triedStartsAt: null }), 'ambiguous', null],
    ['one that an answer named, moved since', [ELSEWHERE], clue({ ownIds: ['else'] }), 'ours', 'else'],
    ['one that an answer named, seen again', [AT], clue({ ownIds: ['at'], before: ['at'] }), 'ours', 'at'],
    ['one that an answer named, and a new one', [AT, AT_TOO], clue({ ownIds: ['at'] }), 'ambiguous', null],
  ])('%s', (_name, live, given, is, id) => {
    const answer = ownershipIn(sighting(live), given);
    expect(answer.is).toBe(is);
    if (id) expect(answer).toMatchObject({ appointment: { id } });
  });
});

describe('sightingMark', () => {
  const SEEN: Sighting = { order: order('ready'), live: [appointment('a')], ended: [appointment('b')] };

  test.each<[name: string, other: Sighting]>([
    ['the order’s status', { ...SEEN, order: order('cancelled') }],
    ['no order', { ...SEEN, order: null }],
    ['the status', { ...SEEN, live: [appointment('a', { status: 'cancelled' })] }],
    ['the event status', { ...SEEN, live: [appointment('a', { eventStatus: null })] }],
    ['the start', { ...SEEN, live: [appointment('a', { startsAt: null })] }],
    ['the end', { ...SEEN, live: [appointment('a', { endsAt: null })] }],
    ['whether it can be moved', { ...SEEN, live: [appointment('a', { canReschedule: false })] }],
    ['another appointment', { ...SEEN, live: [appointment('c')] }],
    ['one fewer', { ...SEEN, ended: [] }],
  ])('changes with %s', (_name, other) => {
    expect(sightingMark(other)).not.toBe(sightingMark(SEEN));
  });

  test('stays with the order of appointments and with what moves nothing', () => {
    const two = { ...SEEN, live: [appointment('a'), appointment('c')] };
    const turned = { ...SEEN, live: [appointment('c', { reason: 'moved' }), appointment('a')] };
    expect(sightingMark(turned)).toBe(sightingMark(two));
  });
});
