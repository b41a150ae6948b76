/** The companion's options, checked. */
export interface VaultSettings {
  readonly port: number;
  readonly autoUnseal: boolean;
}

/** Reads the options; `problems` are in the words for a blocked status. */
export function settingsFrom(config: Readonly<Record<string, string | number | boolean>>): {
  readonly settings: VaultSettings;
  readonly problems: readonly string[];
} {
  const settings = { port: Number(config.port), autoUnseal: config['auto-unseal'] !== false };
  const fits = Number.isInteger(settings.port) && settings.port >= 1 && settings.port <= 65535;
  return { settings, problems: fits ? [] : [`config: invalid port '${settings.port}' (a number from 1 to 65535)`] };
}
