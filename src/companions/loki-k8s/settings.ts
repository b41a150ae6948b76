/** The companion's options, checked. */
export interface LokiSettings {
  /** 0: we choose. */
  readonly port: number;
  readonly rateMb: number;
  readonly burstMb: number;
  /** 0: for ever. */
  readonly retentionDays: number;
  readonly reporting: boolean;
}

/** Reads the options; `problems` are in the words for a blocked status, the charm's where it has some. */
export function settingsFrom(config: Readonly<Record<string, string | number | boolean>>): {
  readonly settings: LokiSettings;
  readonly problems: readonly string[];
} {
  const settings = {
    port: Number(config.port ?? 0),
    rateMb: Number(config['ingestion-rate-mb'] ?? 4),
    burstMb: Number(config['ingestion-burst-size-mb'] ?? 15),
    retentionDays: Number(config['retention-period'] ?? 0),
    reporting: config['reporting-enabled'] === true,
  };
  const problems = [
    ...check('port', settings.port, 0, 65535),
    ...check('ingestion-rate-mb', settings.rateMb, 1, 10_000),
    ...check('ingestion-burst-size-mb', settings.burstMb, 1, 10_000),
    ...(settings.retentionDays >= 0 ? [] : ['Please provide a non-negative retention duration']),
  ];
  return { settings, problems };
}

function check(option: string, value: number, least: number, most: number): string[] {
  const fits = Number.isInteger(value) && value >= least && value <= most;
  return fits ? [] : [`config: invalid ${option} '${value}' (a number from ${least} to ${most})`];
}
