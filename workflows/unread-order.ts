/** What is not known of an order before it is read; an undo reads it. */
export const UNREAD_ORDER = {
  status: 'unknown',
  phase: 'unknown',
  kind: '',
  passthrough: null,
  userId: null,
  address: null,
  dob: null,
  createdAt: null,
  hasAppointmentSince: null,
} as const;
