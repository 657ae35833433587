/** What the API is asked for, and how often. */
export interface ApiPlan {
  /** Starts a second, spaced evenly, while the bookings are booked. */
  perSecond: number;
  steadyMs: number;
  /** Connections that ask as fast as they are answered. */
  connections: number;
  busyMs: number;
  /** Pairs of the API and a bare start. */
  repeats: number;
}

export function apiPlan(seconds: number): ApiPlan {
  return {
    ...{ perSecond: 5, steadyMs: 3 * seconds * 1_000 },
    ...{ connections: 20, busyMs: seconds * 1_000 },
    repeats: 3,
  };
}
