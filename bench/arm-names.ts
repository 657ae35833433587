/** What is compared. */
export const ARMS = {
  direct: { label: '(a) plain calls', durable: false },
  plain: { label: '(b) plain saga', durable: true },
  ours: { label: '(c) ours', durable: true },
  'plain-eager': { label: '(b) started eagerly', durable: true },
  'ours-eager': { label: '(c) started eagerly', durable: true },
} as const;
export type ArmName = keyof typeof ARMS;
