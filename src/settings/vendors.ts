import type { SettingFacts, VendorPace } from '../booking/vendor-facts';
import { prefixOf, type VendorName, vendorFacts } from '../booking/vendors';

/** The settings of a vendor: its own, and those that every vendor has. */

export function accountsSetting(vendor: VendorName): string {
  return `${prefixOf(vendor)}_ACCOUNTS`;
}

export function capabilitiesSetting(vendor: VendorName): string {
  return `${prefixOf(vendor)}_CAPABILITIES`;
}

export function sandboxPortSetting(vendor: VendorName): string {
  return `${prefixOf(vendor)}_SANDBOX_PORT`;
}

export function webhookSecretSetting(vendor: VendorName): string {
  return `${prefixOf(vendor)}_WEBHOOK_SECRET`;
}

export function sandboxWebhookSetting(vendor: VendorName): string {
  return `${prefixOf(vendor)}_SANDBOX_WEBHOOK_URL`;
}

/** Returns all settings of a vendor, in the order in which the documents list them. */
export function vendorSettings(vendor: VendorName): readonly SettingFacts[] {
  const { label, settings, webhooks, pace, sandboxPort } = vendorFacts(vendor);
  const prefix = prefixOf(vendor);
  return [
    ...settings,
    {
      name: accountsSetting(vendor),
      otherwise: '',
      meaning: 'more accounts: JSON by account name, with the fields of an account each',
    },
    ...(webhooks
      ? [
          {
            name: webhookSecretSetting(vendor),
            otherwise: "the stand-in's",
            meaning: 'what its webhooks are signed with; several while one rotates',
          },
        ]
      : []),
    {
      name: capabilitiesSetting(vendor),
      otherwise: '`{}`',
      meaning: 'JSON: what the accounts can do otherwise than the table says',
    },
    {
      name: `${prefix}_PACE`,
      otherwise: `\`${JSON.stringify(withoutNull(pace))}\``,
      meaning: 'calls at once, a second and (`perMinute`) a minute, of each account in each process',
    },
    {
      name: sandboxPortSetting(vendor),
      otherwise: `\`${sandboxPort}\``,
      meaning: `where the stand-in of ${label} listens`,
    },
    ...(webhooks
      ? [
          {
            name: sandboxWebhookSetting(vendor),
            otherwise: 'the API on this machine',
            meaning: 'where the stand-in, run alone, sends its webhooks',
          },
        ]
      : []),
  ];
}

/** Returns a pace as the setting is written: a limit that there is not is left out. */
function withoutNull({ perMinute, ...pace }: VendorPace): Partial<VendorPace> {
  return { ...pace, ...(perMinute !== null && { perMinute }) };
}
